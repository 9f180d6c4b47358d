//! Every address of the pages, with who may open it, by who works with it. Owns no page.

mod desk;
mod doors;
mod network;
mod phone;

use crate::routes::Routes;

/// The addresses of the pages.
pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = network::routes(doors::routes(routes));
    phone::routes(desk::routes(routes))
}

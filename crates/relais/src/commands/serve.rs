//! `relais serve`: the server.

use crate::cli::WithConfig;
use crate::config::Config;
use crate::limits;
use crate::wiring;
use anyhow::Context as _;
use relais_web::Site;

/// Serves until told to stop.
pub(crate) async fn run(args: WithConfig) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref())?;
    wiring::logs(&config)?;
    let app = wiring::application(&config)?;
    app.use_imported_communes().await?;
    let granted = limits::raise();
    limits::warn(granted);
    app.granted(granted);
    app.streams().limit(limits::live_pages(granted));
    app.spawn_tasks();
    let listener = relais_web::listen(config.http.listen)
        .with_context(|| format!("cannot listen on {}", config.http.listen))?;
    tracing::info!(address = %config.http.listen, files = granted.files, memory = granted.memory, "relais serves");
    let site = Site {
        demo: None,
        secure_cookies: true,
        trusted_proxies: config.http.trusted_proxies.clone(),
    };
    let router = relais_web::router(app.clone(), site);
    let patience = relais_web::Patience::default();
    relais_web::serve(listener, router, patience, wiring::end(app.db().clone())).await;
    app.rest_lanes().await;
    if let Err(error) = app.leave().await {
        tracing::warn!(%error, "the others will miss this process for a while");
    }
    wiring::close(app.db())
}

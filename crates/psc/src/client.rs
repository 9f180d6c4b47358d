//! The two halves of a sign-in: the address the browser is sent to, then the code exchanged, the
//! identity token checked and the user info read. Nothing is kept between them.

use crate::claims::Said;
use crate::endpoints::{Directory, Endpoints, Unanswered, ask, get};
use crate::settings::{ClientAuth, Settings, SettingsError};
use openidconnect::core::{
    CoreClient, CoreErrorResponseType, CoreGenderClaim, CoreIdToken, CoreJsonWebKeySet,
    CoreResponseType, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthUrl, AuthenticationContextClass, AuthenticationFlow,
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndSessionUrl, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, RedirectUrl, RequestTokenError,
    Scope, StandardErrorResponse, SubjectIdentifier, TokenResponse, TokenUrl, UserInfoClaims,
    UserInfoError, UserInfoUrl,
};
use relais_gateways::http::agent;
use relais_gateways::identity::{Asked, IdentityProvider, Proved, Unproved, rpps_of};
use ureq::Agent;

/// Connections kept: people sign in one at a time.
const KEPT: usize = 4;

/// A client whose endpoints are all known.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointSet,
>;

/// The provider, as one installation speaks with it.
pub struct ProSanteConnect {
    settings: Settings,
    agent: Agent,
    directory: Directory,
}

impl ProSanteConnect {
    /// A provider, not spoken to yet.
    ///
    /// # Errors
    /// [`SettingsError`], by what must be corrected.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let agent = agent(settings.timeout, KEPT);
        Ok(Self {
            settings,
            agent,
            directory: Directory::default(),
        })
    }

    fn client(
        &self,
        endpoints: &Endpoints,
        keys: CoreJsonWebKeySet,
        back: &str,
    ) -> Result<Client, Unproved> {
        let settings = &self.settings;
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(bad)?;
        let client = CoreClient::new(ClientId::new(settings.client_id.clone()), issuer, keys)
            .set_client_secret(ClientSecret::new(
                settings.client_secret.expose().to_owned(),
            ))
            .set_auth_type(match settings.client_auth {
                ClientAuth::Post => AuthType::RequestBody,
                ClientAuth::Basic => AuthType::BasicAuth,
            })
            .set_auth_uri(AuthUrl::new(endpoints.authorization_endpoint.clone()).map_err(bad)?)
            .set_token_uri(TokenUrl::new(endpoints.token_endpoint.clone()).map_err(bad)?)
            .set_user_info_url(UserInfoUrl::new(endpoints.userinfo_endpoint.clone()).map_err(bad)?)
            .set_redirect_uri(RedirectUrl::new(back.to_owned()).map_err(bad)?);
        Ok(client)
    }

    fn ask(&self) -> impl Fn(HttpRequest) -> Result<HttpResponse, Unanswered> + '_ {
        |request| ask(&self.agent, request)
    }

    fn prove(&self, asked: &Asked, code: &str) -> Result<Proved, Unproved> {
        let endpoints = self.directory.get(&self.agent, &self.settings)?;
        // Read each time: keys are changed without notice, and people sign in seldom.
        let keys: CoreJsonWebKeySet = get(&self.agent, &endpoints.jwks_uri)?;
        let client = self.client(&endpoints, keys, &asked.back)?;
        let http = self.ask();
        let token = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(asked.verifier.clone()))
            .request(&http)
            .map_err(unexchanged)?;
        let id_token = token
            .id_token()
            .ok_or_else(|| Unproved::Doubtful("no identity token".to_owned()))?;
        let subject = self.check(&client, &token, id_token, asked)?;
        let info: UserInfoClaims<Said, CoreGenderClaim> = client
            .user_info(token.access_token().clone(), Some(subject))
            .require_signed_response(self.settings.signed_user_info)
            .request(&http)
            .map_err(|error| match error {
                UserInfoError::Request(error) => Unproved::Away(error.to_string()),
                other => Unproved::Doubtful(format!("user info: {other}")),
            })?;
        let said = info.additional_claims().clone();
        let name = said.subject_name_id.clone().unwrap_or_default();
        let rpps = rpps_of(&name).ok_or(Unproved::NoNumber)?.to_owned();
        let standard = info.family_name().and_then(|name| name.get(None));
        let last_name = said
            .last_name()
            .or_else(|| standard.map(|name| name.as_str().to_owned()))
            .unwrap_or_default();
        Ok(Proved {
            rpps,
            last_name,
            activities: said.activities(),
            hint: id_token.to_string(),
        })
    }

    /// The identity token is signed by the provider, for us, now, for what was asked, with the
    /// strength that was asked; and the access token is the one it speaks of.
    fn check(
        &self,
        client: &Client,
        token: &CoreTokenResponse,
        id_token: &CoreIdToken,
        asked: &Asked,
    ) -> Result<SubjectIdentifier, Unproved> {
        let doubt = |what: &str| Unproved::Doubtful(what.to_owned());
        let verifier = client.id_token_verifier();
        let claims = id_token
            .claims(&verifier, &Nonce::new(asked.nonce.clone()))
            .map_err(|error| Unproved::Doubtful(format!("identity token: {error}")))?;
        let acr = claims.auth_context_ref().map(|acr| acr.as_str());
        if !self.settings.acr.is_empty() && acr != Some(self.settings.acr.as_str()) {
            return Err(doubt("the authentication is not as strong as asked"));
        }
        if let Some(expected) = claims.access_token_hash() {
            let key = id_token
                .signing_key(&verifier)
                .map_err(|_| doubt("no signing key"))?;
            let algorithm = id_token
                .signing_alg()
                .map_err(|_| doubt("no signing algorithm"))?;
            let actual = AccessTokenHash::from_token(token.access_token(), algorithm, key)
                .map_err(|_| doubt("no hash"))?;
            if actual != *expected {
                return Err(doubt("the access token is another one"));
            }
        }
        Ok(claims.subject().clone())
    }
}

/// Why a code was not exchanged.
fn unexchanged(
    error: RequestTokenError<Unanswered, StandardErrorResponse<CoreErrorResponseType>>,
) -> Unproved {
    match error {
        RequestTokenError::Request(error) => Unproved::Away(error.to_string()),
        RequestTokenError::ServerResponse(said) => match said.error() {
            // The code was used, or waited too long.
            CoreErrorResponseType::InvalidGrant => Unproved::Expired,
            // Our own contract: somebody of the installation must look.
            other => Unproved::Away(format!("the code was not exchanged: {}", other.as_ref())),
        },
        RequestTokenError::Parse(error, _) => Unproved::Doubtful(format!("token: {error}")),
        RequestTokenError::Other(what) => Unproved::Doubtful(what),
    }
}

/// An address that cannot be used.
fn bad(error: impl std::fmt::Display) -> Unproved {
    Unproved::Away(format!("an address cannot be used: {error}"))
}

impl IdentityProvider for ProSanteConnect {
    fn begin(&self, asked: &Asked) -> Result<String, Unproved> {
        let endpoints = self.directory.get(&self.agent, &self.settings)?;
        // Nobody is sent to a provider that is down: its keys will be needed on the way back.
        let keys = get(&self.agent, &endpoints.jwks_uri);
        let keys: CoreJsonWebKeySet = keys.inspect_err(|_| self.directory.forget())?;
        let client = self.client(&endpoints, keys, &asked.back)?;
        let verifier = PkceCodeVerifier::new(asked.verifier.clone());
        let (state, nonce) = (asked.state.clone(), asked.nonce.clone());
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for scope in &self.settings.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        if !self.settings.acr.is_empty() {
            let acr = AuthenticationContextClass::new(self.settings.acr.clone());
            request = request.add_auth_context_value(acr);
        }
        let (address, _, _) = request.url();
        Ok(address.into())
    }

    fn finish(&self, asked: &Asked, code: &str) -> Result<Proved, Unproved> {
        let proved = self.prove(asked, code);
        if matches!(proved, Err(Unproved::Away(_) | Unproved::Doubtful(_))) {
            self.directory.forget();
        }
        proved
    }

    fn farewell(&self, hint: &str, back: &str) -> Option<String> {
        let endpoints = self.directory.get(&self.agent, &self.settings).ok()?;
        let end = EndSessionUrl::new(endpoints.end_session_endpoint).ok()?;
        let hint: CoreIdToken = hint.parse().ok()?;
        let back = PostLogoutRedirectUrl::new(back.to_owned()).ok()?;
        let request = LogoutRequest::from(end)
            .set_id_token_hint(&hint)
            .set_post_logout_redirect_uri(back);
        Some(request.http_get_url().into())
    }
}

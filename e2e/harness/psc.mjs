// An independent provider of identities (npm `oidc-provider`) that speaks as Pro Santé Connect does:
// code and PKCE, `eidas1`, signed user info, practices. Owns who is there and what they answer.

import crypto from "node:crypto";
import http from "node:http";
import Provider from "oidc-provider";

export const CLIENT = "relais-essai";
export const SECRET = "un-secret-de-client-pour-les-essais";

const CLAIMS = ["SubjectNameID", "SubjectRefPro", "family_name"];

/** Somebody with a card: their number, and the names of the places where they practise. */
export function holder(rpps, places = []) {
  const activities = places.map((name) => ({
    codeModeExercice: "L",
    codeSecteurDactivite: "SA07",
    enseigneCommercialeSite: name,
    codePostal: "91300",
  }));
  return { rpps, exercices: activities.length > 0 ? [{ codeProfession: "10", activities }] : [] };
}

export class Psc {
  /** Starts one whose only client is the server at `base`. */
  static async start(base) {
    const psc = new Psc();
    psc.answers = "yes";
    psc.signed = 0;
    psc.base = base;
    await psc.listen(0);
    return psc;
  }

  async listen(port) {
    this.server = http.createServer((request, response) => this.serve(request, response));
    await new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    this.port = this.server.address().port;
    this.issuer = `http://127.0.0.1:${this.port}`;
    this.provider ??= this.made();
  }

  made() {
    const { privateKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "essai" };
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT,
          client_secret: SECRET,
          redirect_uris: [`${this.base}/connexion/psc/retour`],
          post_logout_redirect_uris: [`${this.base}/connexion`],
          response_types: ["code"],
          grant_types: ["authorization_code"],
          token_endpoint_auth_method: "client_secret_post",
          userinfo_signed_response_alg: "RS256",
        },
      ],
      jwks: { keys: [key] },
      cookies: { keys: ["un secret de cookies"] },
      acrValues: ["eidas1"],
      scopes: ["openid", "scope_all"],
      claims: { openid: ["sub"], scope_all: CLAIMS, acr: null },
      pkce: { required: () => true },
      features: {
        devInteractions: { enabled: false },
        jwtUserinfo: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          // Its own page asks a font of another machine.
          logoutSource: (context, form) => {
            const yes = '<button type="submit" form="op.logoutForm" value="yes" name="logout">Fermer</button>';
            context.body = `<!doctype html><html lang="fr"><title>Fermer</title>${form}${yes}</html>`;
          },
        },
      },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({
          sub: id,
          family_name: "EXEMPLE",
          SubjectNameID: id,
          SubjectRefPro: { codeCivilite: "MME", exercices: this.person.exercices },
        }),
      }),
      loadExistingGrant: async (context) => {
        const { client, session, provider: own } = context.oidc;
        const grant = new own.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope("openid scope_all");
        grant.addOIDCClaims([...CLAIMS, "acr"]);
        await grant.save();
        return grant;
      },
    });
    provider.on("userinfo.error", (_, error) => console.error("provider, user info:", error));
    provider.on("grant.error", (_, error) => console.error("provider, grant:", error));
    provider.on("server_error", (_, error) => console.error("provider:", error));
    return provider;
  }

  async serve(request, response) {
    if (!request.url.startsWith("/interaction/")) return this.provider.callback()(request, response);
    if (this.answers === "no") {
      const no = { error: "access_denied", error_description: "la personne a renoncé" };
      return this.provider.interactionFinished(request, response, no, { mergeWithLastSubmission: false });
    }
    this.signed += 1;
    const login = { accountId: `8${this.person.rpps}`, acr: "eidas1", amr: ["sc"] };
    return this.provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  }

  /** What `relais serve` must know of it. */
  variables() {
    return {
      RELAIS_PSC_MODE: "other",
      RELAIS_PSC_ISSUER: this.issuer,
      RELAIS_PSC_CLIENT_ID: CLIENT,
      RELAIS_PSC_CLIENT_SECRET: SECRET,
    };
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

// A telephone that keeps passkeys: Chromium's own virtual authenticator. Owns giving one to a browser; knows no page.

/** Gives a page's browser a telephone that keeps keys and knows its holder. */
export async function pocket({ context, page }) {
  const client = await context.newCDPSession(page);
  await client.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await client.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    keys: async () => (await client.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    put: (credential) => client.send("WebAuthn.addCredential", { authenticatorId, credential }),
    verified: (isUserVerified) => client.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
  };
}

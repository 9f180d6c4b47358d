// A push service and a browser's half of a subscription, for servers that send notifications themselves. Owns what
// arrives; opens nothing of it.

import crypto from "node:crypto";
import { once } from "node:events";
import http from "node:http";

/** A push service of one's own: keeps every request, and says what the test wants. */
export class PushService {
  static async start() {
    const service = new PushService();
    service.seen = [];
    service.status = 201;
    service.server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      service.seen.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(service.status, { location: `/m/${service.seen.length}` }).end();
    });
    await service.plug();
    service.origin = `http://127.0.0.1:${service.port}`;
    return service;
  }

  /** Answers, at the port it has. */
  async plug() {
    this.server.listen(this.port ?? 0, "127.0.0.1");
    await once(this.server, "listening");
    this.port = this.server.address().port;
  }

  /** Is not there any more; what it took is kept. */
  async pull() {
    const closed = once(this.server, "close");
    this.stop();
    await closed;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** A browser's half of a subscription, with the keys to open what is sent to it. */
export function subscription(service) {
  const keys = crypto.createECDH("prime256v1");
  keys.generateKeys();
  const auth = crypto.randomBytes(16);
  return {
    keys,
    auth,
    form: {
      endpoint: `${service.origin}/push/${crypto.randomUUID()}`,
      p256dh: keys.getPublicKey().toString("base64url"),
      auth: auth.toString("base64url"),
      label: "Téléphone d’essai",
    },
  };
}

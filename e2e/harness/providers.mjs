// Providers that can be unplugged: one that speaks our HTTP, and a mail server. Own their port, and everything they took.

import { once } from "node:events";
import http from "node:http";
import net from "node:net";

/** A provider of any channel over HTTP (`docs/reference/gateway.md`). */
export class HttpProvider {
  constructor() {
    this.taken = [];
  }

  async listen(port = 0) {
    this.server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const message = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      this.taken.push({ key: message.key, to: message.to, text: message.text });
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ref: message.key }));
    });
    this.server.listen(port, "127.0.0.1");
    await once(this.server, "listening");
    this.port = this.server.address().port;
  }

  async stop() {
    const closed = once(this.server, "close");
    this.server.closeAllConnections();
    this.server.close();
    await closed;
  }
}

/** A mail server that takes everything (RFC 5321, as much of it as a client needs). */
export class MailServer {
  constructor() {
    this.taken = [];
    this.sockets = new Set();
  }

  async listen(port = 0) {
    this.server = net.createServer((socket) => this.serve(socket));
    this.server.listen(port, "127.0.0.1");
    await once(this.server, "listening");
    this.port = this.server.address().port;
  }

  serve(socket) {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => this.sockets.delete(socket));
    const say = (line) => socket.write(`${line}\r\n`);
    let mail = null;
    let body = null;
    let rest = "";
    say("220 essai ESMTP");
    socket.on("data", (chunk) => {
      rest += chunk.toString("utf8");
      for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (body !== null) {
          if (line !== ".") { body.push(line); continue; }
          const text = body.join("\n");
          this.taken.push({ key: /^Message-ID: *(.+)$/im.exec(text)?.[1], to: mail, text });
          [mail, body] = [null, null];
          say("250 taken");
        } else if (/^(EHLO|HELO)/i.test(line)) say("250 essai");
        else if (/^RCPT TO:<([^>]+)>/i.test(line)) { mail = /<([^>]+)>/.exec(line)[1]; say("250 ok"); }
        else if (/^DATA/i.test(line)) { body = []; say("354 go on"); }
        else if (/^QUIT/i.test(line)) { say("221 bye"); socket.end(); }
        else say("250 ok");
      }
    });
  }

  async stop() {
    for (const socket of this.sockets) socket.destroy();
    const closed = once(this.server, "close");
    this.server.close();
    await closed;
  }
}

// The network between one browser and the server: a loopback relay that can be cut and mended.
// Owns the sockets of whoever goes through it; knows nothing of what they carry.

import net from "node:net";

export class Wire {
  /** Opens a wire to a port of loopback. */
  static async to(port) {
    const wire = new Wire();
    wire.sockets = new Set();
    wire.down = false;
    wire.server = net.createServer((near) => {
      if (wire.down) { near.destroy(); return; }
      const far = net.connect(port, "127.0.0.1");
      for (const [one, other] of [[near, far], [far, near]]) {
        wire.sockets.add(one);
        one.on("close", () => { wire.sockets.delete(one); other.destroy(); });
        // A cut wire is what this is for.
        one.on("error", () => other.destroy());
        one.pipe(other);
      }
    });
    await new Promise((resolve) => wire.server.listen(0, "127.0.0.1", resolve));
    wire.base = `http://127.0.0.1:${wire.server.address().port}`;
    return wire;
  }

  /** Nothing passes any more, and what was under way is lost. */
  cut() {
    this.down = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.down = false;
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A wire between the page and the real server that can be cut, and mended. */
import { createServer, connect, type Server, type Socket } from 'node:net';

export class Wire {
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();
  private port = 0;

  constructor(private readonly to: URL) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  mend(): Promise<void> {
    this.server = createServer(from => {
      const onward = connect(Number(this.to.port), this.to.hostname);
      for (const socket of [from, onward]) {
        this.sockets.add(socket);
        socket.on('close', () => this.sockets.delete(socket));
        socket.on('error', () => socket.destroy());
      }
      from.pipe(onward).pipe(from);
    });
    return new Promise(ready =>
      this.server!.listen(this.port, '127.0.0.1', () => {
        this.port = (this.server!.address() as { port: number }).port;
        ready();
      }),
    );
  }

  cut(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise(done => (this.server ? this.server.close(() => done()) : done()));
  }
}

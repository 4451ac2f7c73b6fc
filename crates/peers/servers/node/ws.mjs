// The room that one writes with `ws` in an afternoon: what comes from one goes to all, and nothing
// is kept.
import { WebSocket, WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]) });
server.on("connection", (socket) => {
  socket.on("error", () => socket.terminate());
  socket.on("message", (text) => {
    for (const other of server.clients) {
      if (other.readyState === WebSocket.OPEN) other.send(text, { binary: false });
    }
  });
});

// A room of Socket.IO: what comes from one is emitted to all, and nothing is kept.
import { Server } from "socket.io";

const server = new Server(Number(process.argv[2]), { serveClient: false });
server.on("connection", (socket) => {
  socket.on("say", (text) => server.emit("said", text));
});

"""The room of FastAPI's tutorial with a table of messages: each is committed, then sent to all."""

import sys
from contextlib import asynccontextmanager

import aiosqlite
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

PORT, FILE = int(sys.argv[1]), sys.argv[2]


@asynccontextmanager
async def database(app: FastAPI):
    async with aiosqlite.connect(FILE) as connection:
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("PRAGMA synchronous = FULL")
        await connection.execute("CREATE TABLE message (seq INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        app.state.database = connection
        yield


app = FastAPI(lifespan=database)
members: set[WebSocket] = set()


@app.websocket("/room")
async def room(socket: WebSocket):
    await socket.accept()
    members.add(socket)
    try:
        while True:
            text = await socket.receive_text()
            await app.state.database.execute("INSERT INTO message (text) VALUES (?)", (text,))
            await app.state.database.commit()
            for member in list(members):
                try:
                    await member.send_text(text)
                except (WebSocketDisconnect, RuntimeError):
                    members.discard(member)
    except WebSocketDisconnect:
        members.discard(socket)


uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")

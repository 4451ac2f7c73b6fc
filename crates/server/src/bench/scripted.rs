//! The wire of a model that answers as a benchmark wants: requests are read, answers are streamed.

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// One connection of whoever asks.
pub(crate) struct Asked(BufReader<TcpStream>);

impl Asked {
    pub(crate) fn new(stream: TcpStream) -> anyhow::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// The body of the next request; none when there will be no more.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await? == 0 {
                return Ok(None);
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await?;
        Ok(Some(body))
    }

    /// Begins an answer.
    pub(crate) async fn begin(&mut self) -> anyhow::Result<()> {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        Ok(self.0.get_mut().write_all(head.as_bytes()).await?)
    }

    /// A piece of it, without anything that JSON escapes.
    pub(crate) async fn delta(&mut self, text: &str) -> anyhow::Result<()> {
        let event = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
        self.chunk(&event).await
    }

    /// Its end.
    pub(crate) async fn finish(&mut self) -> anyhow::Result<()> {
        let end =
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        self.chunk(end).await?;
        Ok(self.0.get_mut().write_all(b"0\r\n\r\n").await?)
    }

    async fn chunk(&mut self, text: &str) -> anyhow::Result<()> {
        let chunk = format!("{:x}\r\n{text}\r\n", text.len());
        Ok(self.0.get_mut().write_all(chunk.as_bytes()).await?)
    }
}

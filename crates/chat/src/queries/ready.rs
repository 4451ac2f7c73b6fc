//! Whether requests can be served.

use crate::{Chat, ChatError, Words};
use salon_store::StoreError;

/// Nothing where the database reads and writes and a bucket answers, else why not. Where the last commit failed
/// this tries another: a server whose disk has room again is ready again without a restart.
pub async fn ready(chat: &Chat) -> Result<(), ChatError> {
    let store = chat.store();
    let answers = async {
        store.writable().await?;
        store.vault().check().await?;
        store.epoch().await
    };
    match answers.await {
        Ok(_) => Ok(()),
        Err(StoreError::Full) => Err(ChatError::NotReady(Words::new(
            "The disk is full: nothing can be written. What was acknowledged is kept; make room, and the server goes on by itself.",
            "磁盘已满，无法写入。已确认的内容都已保存；腾出空间后服务器会自动恢复。",
        ))),
        Err(error) => Err(ChatError::NotReady(Words::new(
            format!(
                "The data cannot be read or written ({error}). What was acknowledged is kept; see the log, the disk and the bucket."
            ),
            format!("数据无法读写（{error}）。已确认的内容都已保存；请检查日志、磁盘和存储桶。"),
        ))),
    }
}

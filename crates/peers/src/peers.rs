//! The programs that are measured: what each is, what it needs, and how it is started.

use crate::{
    dialect::Dialect,
    needs::{self, Need},
    server::Launch,
};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// A program with a room.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// What it does with a message.
    pub(crate) what: &'static str,
    pub(crate) dialect: Dialect,
    pub(crate) needs: &'static [Need],
    launch: fn(&Place) -> anyhow::Result<Launch>,
}

/// Where one is started.
struct Place<'a> {
    folder: &'a Path,
    port: u16,
}

/// All of them, as the table has them.
pub(crate) const PEERS: [Peer; 9] = [
    Peer {
        name: "axum",
        what: "axum's WebSocket and tokio's broadcast channel; keeps nothing",
        dialect: Dialect::WebSocket,
        needs: &[Need::Crate("axum")],
        launch: |place| Ok(Launch::new(needs::axum_room()).with(place.port.to_string())),
    },
    Peer {
        name: "ws",
        what: "Node.js and ws; keeps nothing",
        dialect: Dialect::WebSocket,
        needs: &[Need::Npm("ws"), Need::Node],
        launch: |place| Ok(place.node("ws.mjs")),
    },
    Peer {
        name: "socket.io",
        what: "Node.js and Socket.IO over WebSocket; keeps nothing",
        dialect: Dialect::SocketIo,
        needs: &[Need::Npm("socket.io"), Need::Node],
        launch: |place| Ok(place.node("socket-io.mjs")),
    },
    Peer {
        name: "fastapi",
        what: "FastAPI on uvicorn, each message committed by aiosqlite with full sync",
        dialect: Dialect::WebSocket,
        needs: &[Need::Python("fastapi"), Need::Python("uvicorn")],
        launch: |place| {
            let program = needs::servers().join("python/room.py");
            Ok(Launch::new(needs::python())
                .with(program)
                .with(place.port.to_string())
                .with(place.folder.join("room.db")))
        },
    },
    Peer {
        name: "nchan",
        what: "nginx with nchan, a channel over WebSocket; keeps the last 1,000 in memory",
        dialect: Dialect::WebSocket,
        needs: &[
            Need::Debian(
                "libnginx-mod-nchan",
                "/usr/lib/nginx/modules/ngx_nchan_module.so",
            ),
            Need::Debian("nginx", "/usr/sbin/nginx"),
        ],
        launch: |place| {
            let configuration = place.configuration("nginx.conf")?;
            let launch = Launch::new("/usr/sbin/nginx").with("-p").with(place.folder);
            Ok(launch.with("-c").with(configuration))
        },
    },
    Peer {
        name: "ngircd",
        what: "an IRC server; keeps nothing",
        dialect: Dialect::Irc,
        needs: &[Need::Debian("ngircd", "/usr/sbin/ngircd")],
        launch: |place| {
            let configuration = place.configuration("ngircd.conf")?;
            let launch = Launch::new("/usr/sbin/ngircd").with("--nodaemon");
            Ok(launch.with("--config").with(configuration))
        },
    },
    Peer {
        name: "inspircd",
        what: "an IRC server; keeps nothing",
        dialect: Dialect::Irc,
        needs: &[Need::Debian("inspircd", "/usr/sbin/inspircd")],
        launch: |place| {
            let configuration = place.configuration("inspircd.conf")?;
            let launch = Launch::new("/usr/sbin/inspircd").with("--nofork");
            Ok(launch
                .with("--runasroot")
                .with("--config")
                .with(configuration))
        },
    },
    Peer {
        name: "mosquitto",
        what: "an MQTT broker, a topic at quality of service 0; keeps nothing",
        dialect: Dialect::Mqtt,
        needs: &[Need::Debian("mosquitto", "/usr/sbin/mosquitto")],
        launch: |place| {
            let configuration = place.configuration("mosquitto.conf")?;
            Ok(Launch::new("/usr/sbin/mosquitto")
                .with("-c")
                .with(configuration))
        },
    },
    Peer {
        name: "ejabberd",
        what: "a room for many over XMPP in WebSocket, presence told to nobody; keeps nothing",
        dialect: Dialect::Xmpp,
        needs: &[Need::Debian("ejabberd", "/usr/sbin/ejabberdctl")],
        launch: ejabberd,
    },
];

/// Without its own script, which would start it as another user and a node among others.
fn ejabberd(place: &Place) -> anyhow::Result<Launch> {
    let configuration = place.configuration("ejabberd.yml")?;
    let mut launch = Launch::new("/usr/bin/erl")
        .with("-noinput")
        .with("-mnesia")
        .with("dir")
        .with(format!("{:?}", place.folder.join("mnesia")))
        .with("-s")
        .with("ejabberd");
    let libraries = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    launch.environment = vec![
        ("ERL_LIBS".into(), libraries.into()),
        ("ERL_MAX_PORTS".into(), "65536".into()),
        ("HOME".into(), place.folder.into()),
        ("EJABBERD_CONFIG_PATH".into(), configuration.into()),
        (
            "EJABBERD_LOG_PATH".into(),
            place.folder.join("ejabberd.log").into(),
        ),
    ];
    Ok(launch)
}

impl Peer {
    /// An empty folder for one run.
    pub(crate) fn folder(&self) -> anyhow::Result<PathBuf> {
        let folder = needs::target().join("runs").join(self.name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// How it is started on a port.
    pub(crate) fn launch(&self, folder: &Path, port: u16) -> anyhow::Result<Launch> {
        (self.launch)(&Place { folder, port })
    }
}

impl Place<'_> {
    /// Writes a configuration of ours with this place in it.
    fn configuration(&self, name: &str) -> anyhow::Result<PathBuf> {
        let template = needs::servers().join(name);
        let text = std::fs::read_to_string(&template)
            .with_context(|| format!("cannot read {}", template.display()))?;
        let folder = self.folder.to_str().context("a folder that is no text")?;
        let text = text
            .replace("@PORT@", &self.port.to_string())
            .replace("@FOLDER@", folder);
        let file = self.folder.join(name);
        std::fs::write(&file, text)?;
        Ok(file)
    }

    fn node(&self, program: &str) -> Launch {
        Launch::new("node")
            .with(needs::servers().join("node").join(program))
            .with(self.port.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_configuration_gets_its_port_and_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        for peer in &PEERS {
            let launch = peer.launch(folder.path(), 4_711).unwrap();
            let by_argument = launch.arguments.iter().any(|one| one == "4711");
            let by_file = std::fs::read_dir(folder.path()).unwrap().any(|file| {
                let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
                assert!(
                    !text.contains("@PORT@") && !text.contains("@FOLDER@"),
                    "{text}"
                );
                text.contains("4711")
            });
            assert!(
                by_argument || by_file,
                "{} does not know its port",
                peer.name
            );
            std::fs::read_dir(folder.path())
                .unwrap()
                .for_each(|file| std::fs::remove_file(file.unwrap().path()).unwrap());
        }
    }
}

//! The command line.

use crate::{
    admin,
    bench::{self, ScenarioArgs},
    config::{Config, Flags},
    import::Export,
    logging, serve,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

/// Self-hosted group chat in which AI agents are members.
#[derive(Parser)]
#[command(name = "salon", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// The data folder [default: data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The configuration file [default: salon.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve {
        /// Where to listen [default: 127.0.0.1:8080]; port 0 takes any that is free
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
    },
    /// Add, list and close accounts
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Make, list, change and retire AI members
    Agent {
        #[command(subcommand)]
        command: AgentCommand,
    },
    /// Bearer tokens for programs
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Write a consistent copy of everything, files too, to a new tar archive, while the server
    /// runs or not
    Backup {
        /// The file to write; it must not exist
        file: PathBuf,
    },
    /// Make a data folder out of a backup
    Restore {
        /// The backup
        file: PathBuf,
        /// Set aside what is in the data folder, into a folder inside it; without this, only a
        /// folder with nothing in it is restored into
        #[arg(long)]
        overwrite: bool,
    },
    /// Look for damage and misconfiguration; fails where it finds damage
    Doctor {
        /// Read all bytes of all files too
        #[arg(long)]
        deep: bool,
    },
    /// Write everything but secrets as JSON Lines to standard output
    Export,
    /// Bring people, rooms and messages of another chat's export; made again after it was cut
    /// off, it brings nothing twice
    Import {
        /// Whose export it is
        kind: crate::import::Kind,
        /// The export
        file: PathBuf,
        /// A folder with the bytes of its files, where they are not in it: Slack's own export has
        /// none
        #[arg(long)]
        files: Option<PathBuf>,
    },
    /// Write everything that agents did as JSON Lines to standard output, newest first
    Audit,
    /// Measure this machine: sends messages to a server of its own and counts every receipt
    Bench(BenchArgs),
}

#[derive(Subcommand)]
enum UserCommand {
    /// Make an account
    Add {
        /// The handle
        name: String,
        /// What the account may do
        #[arg(long, value_enum, default_value = "member")]
        role: Role,
        /// Who stands behind it
        #[arg(long, value_enum, default_value = "human")]
        kind: Kind,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// List all accounts
    List,
    /// Close an account; its messages remain
    Disable {
        /// The handle
        name: String,
    },
    /// Take a lost authenticator away: the password alone signs in again
    ResetSecondFactor {
        /// The handle
        name: String,
    },
    /// Take all passkeys away, as of a device that was stolen
    RemovePasskeys {
        /// The handle
        name: String,
    },
    /// Set a password, read from standard input; signs all browsers out
    Password {
        /// The handle
        name: String,
        /// Read the password from standard input (also the default)
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a token and print it, alone, on standard output
    Create {
        /// The handle of the user it stands for
        user: String,
    },
}

#[derive(Subcommand)]
enum AgentCommand {
    /// Make an agent
    Add {
        /// The handle
        name: String,
        #[command(flatten)]
        settings: Box<AgentArgs>,
    },
    /// List all agents
    List,
    /// Change an agent; what is left out stays as it is
    Set {
        /// The handle
        name: String,
        #[command(flatten)]
        settings: Box<AgentArgs>,
    },
    /// Retire an agent; its messages remain
    Retire {
        /// The handle
        name: String,
    },
    /// Bring a retired agent back
    Restore {
        /// The handle
        name: String,
    },
}

/// What can be said of an agent.
#[derive(Args, Clone, Debug)]
pub(crate) struct AgentArgs {
    /// The name to show
    #[arg(long)]
    pub(crate) display_name: Option<String>,
    /// An emoji or a letter or two
    #[arg(long)]
    pub(crate) avatar: Option<String>,
    /// Something to start from: helper, translator, reviewer, scribe
    #[arg(long)]
    pub(crate) preset: Option<String>,
    /// Who it is and how it talks
    #[arg(long)]
    pub(crate) persona: Option<String>,
    /// The language it always answers in: en or zh
    #[arg(long)]
    pub(crate) lang: Option<salon_protocol::Lang>,
    /// The model, by a name of the configuration
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Models that are asked in turn where the one before fails
    #[arg(long, value_delimiter = ',')]
    pub(crate) fallbacks: Option<Vec<String>>,
    /// How freely it writes, 0 to 2
    #[arg(long)]
    pub(crate) temperature: Option<f32>,
    /// What it may call, with commas between; an empty text: nothing
    #[arg(long, value_delimiter = ',')]
    pub(crate) tools: Option<Vec<String>>,
    /// The most that it does by itself: off, mention or ambient
    #[arg(long)]
    pub(crate) mode: Option<salon_protocol::SpeakMode>,
    /// Rooms to bring it into
    #[arg(long = "room")]
    pub(crate) rooms: Option<Vec<String>>,
    /// Tokens a day
    #[arg(long)]
    pub(crate) tokens_day: Option<u64>,
    /// Tokens a month
    #[arg(long)]
    pub(crate) tokens_month: Option<u64>,
    /// Money a day
    #[arg(long)]
    pub(crate) money_day: Option<f64>,
    /// Money a month
    #[arg(long)]
    pub(crate) money_month: Option<f64>,
}

#[derive(Args)]
pub(crate) struct BenchArgs {
    /// Measure agents instead: from a question to the model, from the model to every socket
    #[arg(long)]
    pub(crate) agents: bool,
    #[command(flatten)]
    pub(crate) scenario: ScenarioArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    Owner,
    Admin,
    Member,
    Guest,
}

impl From<Role> for salon_protocol::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Member => Self::Member,
            Role::Guest => Self::Guest,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Human,
    Bot,
}

impl From<Kind> for salon_protocol::UserKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Human => Self::Human,
            Kind::Bot => Self::Bot,
        }
    }
}

/// Runs the command that the arguments name: 0 done, 1 failed, 2 wrong use.
pub fn run() -> ExitCode {
    // clap itself exits with 2 on wrong use and with 0 after help and version.
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::from(error)),
    };
    let done = runtime.block_on(dispatch(cli));
    // Blocking work that outlives its caller must not keep the process.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the terminal is where a command's failure is told"
)]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("salon: {error:#}");
    ExitCode::FAILURE
}

async fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let listen = match &cli.command {
        Command::Serve { listen } => *listen,
        _ => None,
    };
    let config = Config::load(&Flags {
        listen,
        data: cli.data,
        config: cli.config,
    })?;
    match cli.command {
        Command::Serve { .. } => {
            logging::start(&config);
            serve_until_told(config).await
        }
        Command::User { command } => match command {
            UserCommand::Add {
                name,
                role,
                kind,
                password_stdin,
            } => admin::add_user(&config, name, role.into(), kind.into(), password_stdin).await,
            UserCommand::List => admin::list_users(&config).await,
            UserCommand::Disable { name } => admin::disable_user(&config, &name).await,
            UserCommand::ResetSecondFactor { name } => {
                admin::reset_second_factor(&config, &name).await
            }
            UserCommand::RemovePasskeys { name } => admin::remove_passkeys(&config, &name).await,
            UserCommand::Password { name, .. } => admin::set_password(&config, &name).await,
        },
        Command::Agent { command } => match command {
            AgentCommand::Add { name, settings } => {
                admin::add_agent(&config, name, *settings).await
            }
            AgentCommand::List => admin::list_agents(&config).await,
            AgentCommand::Set { name, settings } => {
                admin::set_agent(&config, name, *settings).await
            }
            AgentCommand::Retire { name } => admin::retire_agent(&config, &name, true).await,
            AgentCommand::Restore { name } => admin::retire_agent(&config, &name, false).await,
        },
        Command::Token {
            command: TokenCommand::Create { user },
        } => admin::create_token(&config, &user).await,
        Command::Backup { file } => admin::backup(&config, &file).await,
        Command::Restore { file, overwrite } => admin::restore(&config, &file, overwrite),
        Command::Doctor { deep } => admin::doctor(&config, deep).await,
        Command::Export => admin::export(&config).await,
        Command::Import { kind, file, files } => {
            let export = Export { kind, file, files };
            admin::import_chat(&config, &export).await
        }
        Command::Audit => admin::audit(&config).await,
        Command::Bench(args) if args.agents => admin::bench_agents().await,
        Command::Bench(args) => bench::run(args.scenario),
    }
}

async fn serve_until_told(config: Config) -> anyhow::Result<()> {
    let public_url = config.public_url.clone();
    let running = serve::start(config).await?;
    let url = public_url.unwrap_or_else(|| format!("http://{}", running.address));
    greet(url.trim_end_matches('/'), running.setup_code.as_deref());
    wait_for_signal().await?;
    running.stop().await;
    Ok(())
}

#[expect(
    clippy::print_stdout,
    reason = "the first start is told on the terminal"
)]
fn greet(url: &str, setup_code: Option<&str>) {
    println!("Salon listens at {url}");
    if let Some(code) = setup_code {
        println!();
        println!("  Nobody owns this place yet. Whoever opens this link first does:");
        println!("  这里还没有所有者。第一个打开此链接的人将成为所有者：");
        println!();
        println!("  {url}/setup#{code}");
        println!();
    }
}

async fn wait_for_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

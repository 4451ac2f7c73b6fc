//! How what things cost grows with how much there is: listeners in a room, sockets, messages in a
//! log.

use super::{
    crowd::{Clock, Crowd},
    fan_out::FanOut,
    history,
    house::House,
    place,
    plot::Scale,
    process::Process,
    report::{Chart, Report},
};
use clap::Args;
use std::time::Duration;

/// Memory is read when the server has been left alone for so long.
const SETTLE: Duration = Duration::from_secs(3);
/// Into how many steps the sockets are cut.
const SOCKET_STEPS: usize = 4;
/// The smallest log and the smallest room that are measured.
const MESSAGES_MIN: usize = 1_000;
const LISTENERS_MIN: usize = 10;
/// Fewer messages say nothing about a room, more nothing new.
const SENT_MIN: usize = 100;
const SENT_MAX: usize = 10_000;
const IN_FLIGHT: usize = 16;

#[derive(Clone, Args)]
pub(super) struct Growth {
    /// Sockets that listen in the largest room; in the smallest there are ten
    #[arg(long, default_value_t = 10_000)]
    listeners: usize,
    /// Deliveries in each room, about
    #[arg(long, default_value_t = 2_000_000)]
    deliveries: usize,
    /// Idle sockets at the end
    #[arg(long, default_value_t = 20_000)]
    sockets: usize,
    /// People who open these and those at the most: a welcome names everybody, so that of many
    /// people it is long
    #[arg(long, default_value_t = 1_000)]
    people: usize,
    /// Messages in the longest log; the shortest has a thousand
    #[arg(long, default_value_t = 1_000_000)]
    messages: usize,
    /// Messages committed at each length of the log
    #[arg(long, default_value_t = 5_000)]
    commits: usize,
}

impl Growth {
    pub(super) async fn measure(&self, report: &mut Report) -> anyhow::Result<()> {
        self.rooms(report).await?;
        self.idle(report).await?;
        self.log(report).await
    }

    /// What a delivery takes in rooms of different sizes.
    async fn rooms(&self, report: &mut Report) -> anyhow::Result<()> {
        let mut points = Vec::new();
        // What a message takes by itself would hide what a delivery takes in small rooms.
        let message_cpu_us = self.room(1, report).await?;
        report.add("1 listener: CPU per message", "µs", message_cpu_us);
        for listeners in tenfold(LISTENERS_MIN, self.listeners) {
            let cpu_us = self.room(listeners, report).await?;
            let all = cpu_us / listeners as f64;
            report.add(
                format!("{listeners} listeners: CPU per delivery"),
                "µs",
                all,
            );
            let name = format!("{listeners} listeners: CPU per further delivery");
            let further = (cpu_us - message_cpu_us) / (listeners - 1).max(1) as f64;
            report.add(&name, "µs", further);
            points.push((listeners as f64, name));
        }
        report.setting(format!(
            "rooms: sockets of as many people, of {} at the most; messages of 200 bytes, {IN_FLIGHT} in \
             flight, as many as make {} deliveries, {SENT_MIN} to {SENT_MAX}; a further delivery is \
             what a message takes more than with one listener, by the listeners beyond that one",
            self.people, self.deliveries
        ));
        report.chart(Chart {
            title: "A further delivery, by who listens",
            x_name: "sockets in the room",
            y_name: "µs of CPU",
            x_scale: Scale::Powers,
            series: vec![("a further delivery", points)],
        });
        Ok(())
    }

    /// Microseconds of CPU that a message takes in a room where so many listen.
    async fn room(&self, listeners: usize, report: &mut Report) -> anyhow::Result<f64> {
        let house = House::build(listeners.min(self.people.max(1)) + 1, 0, 0).await?;
        let process = Process::salon(house.data())?;
        let messages = (self.deliveries / listeners).clamp(SENT_MIN, SENT_MAX);
        let room = FanOut::with(listeners, messages, IN_FLIGHT);
        report.receipts((listeners * messages) as u64);
        room.cpu_us_per_message(&process, &house).await
    }

    /// What is resident with more and more sockets.
    async fn idle(&self, report: &mut Report) -> anyhow::Result<()> {
        let house = House::build(self.people.max(1), 0, 0).await?;
        let process = Process::salon(house.data())?;
        let (mut crowds, mut points) = (Vec::new(), Vec::new());
        let mut tokens = house.tokens.iter().cycle();
        let (sockets, fewer) = place::sockets(self.sockets);
        let each = sockets / SOCKET_STEPS;
        for step in 0..=SOCKET_STEPS {
            if step > 0 {
                let tokens: Vec<String> = tokens.by_ref().take(each).cloned().collect();
                let clock = Clock::start();
                crowds.push(Crowd::gather(process.address, &tokens, false, clock).await?);
                report.receipts(each as u64);
            }
            tokio::time::sleep(SETTLE).await;
            let name = format!("{} idle sockets: resident", step * each);
            report.add(&name, "MB", process.resident()? as f64 / 1e6);
            points.push(((step * each) as f64, name));
        }
        report.setting(format!(
            "idle: up to {sockets} sockets{fewer} of {} people in one room, {} s after the last said hello; no TLS",
            self.people,
            SETTLE.as_secs()
        ));
        report.chart(Chart {
            title: "Memory, by idle sockets",
            x_name: "sockets",
            y_name: "MB resident",
            x_scale: Scale::Even,
            series: vec![("resident", points)],
        });
        Ok(())
    }

    /// What a commit takes behind more and more messages.
    async fn log(&self, report: &mut Report) -> anyhow::Result<()> {
        let house = House::build(2, 0, 0).await?;
        let (mut filled, mut points) = (0, Vec::new());
        for messages in tenfold(MESSAGES_MIN, self.messages) {
            history::fill(&house, filled..messages).await?;
            filled = messages;
            let process = Process::salon(house.data())?;
            let room = FanOut::with(1, self.commits, IN_FLIGHT);
            let cpu_us = room.cpu_us_per_message(&process, &house).await?;
            report.receipts(self.commits as u64);
            let name = format!("behind {messages} messages: CPU per message");
            report.add(&name, "µs", cpu_us);
            points.push((messages as f64, name));
        }
        report.setting(format!(
            "log: {} messages at each length, {IN_FLIGHT} in flight, committed with full sync, indexed \
             for search, and delivered to one listener",
            self.commits
        ));
        report.chart(Chart {
            title: "A message, by the log's length",
            x_name: "messages in the room",
            y_name: "µs of CPU",
            x_scale: Scale::Powers,
            series: vec![("a message", points)],
        });
        Ok(())
    }
}

/// From one number to another, ten times as much each, and that other in the end.
fn tenfold(from: usize, to: usize) -> Vec<usize> {
    let (mut all, to) = (Vec::new(), to.max(1));
    let mut next = from;
    while next < to {
        all.push(next);
        next = next.saturating_mul(10);
    }
    all.push(to);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_go_up_tenfold_and_end_where_one_said() {
        assert_eq!(tenfold(10, 10_000), [10, 100, 1_000, 10_000]);
        assert_eq!(tenfold(10, 50), [10, 50]);
        assert_eq!(tenfold(10, 5), [5]);
        assert_eq!(tenfold(10, 0), [1]);
    }
}

//! All commands, by name and alias.

use super::declare::Command;
use crate::{ChatError, nearest::nearest};
use salon_protocol::{CommandInfo, Lang};
use std::collections::HashMap;

/// The commands in alphabetical order.
pub struct Registry {
    commands: Vec<&'static Command>,
    by_name: HashMap<&'static str, &'static Command>,
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl Registry {
    /// All of them.
    pub fn new() -> Self {
        let mut commands: Vec<&'static Command> = vec![
            &super::about::COMMAND,
            &super::agent::COMMAND,
            &super::agents::COMMAND,
            &super::approve::COMMAND,
            &super::ask::COMMAND,
            &super::away::COMMAND,
            &super::back::COMMAND,
            &super::ban::COMMAND,
            &super::budget::COMMAND,
            &super::catchup::COMMAND,
            &super::create::COMMAND,
            &super::deny::COMMAND,
            &super::forget::COMMAND,
            &super::help::COMMAND,
            &super::history::COMMAND,
            &super::invite::COMMAND,
            &super::join::COMMAND,
            &super::kick::COMMAND,
            &super::lang::COMMAND,
            &super::leave::COMMAND,
            &super::me::COMMAND,
            &super::memory::COMMAND,
            &super::missed::COMMAND,
            &super::mode::COMMAND,
            &super::mute::COMMAND,
            &super::nick::COMMAND,
            &super::notify::COMMAND,
            &super::pins::COMMAND,
            &super::poll::COMMAND,
            &super::private_from_ai::COMMAND,
            &super::remember::COMMAND,
            &super::remind::COMMAND,
            &super::rooms::COMMAND,
            &super::search::COMMAND,
            &super::keep::COMMAND,
            &super::slow::COMMAND,
            &super::stop::COMMAND,
            &super::tell::COMMAND,
            &super::topic::COMMAND,
            &super::unban::COMMAND,
            &super::usage::COMMAND,
            &super::users::COMMAND,
            &super::vote::COMMAND,
            &super::why::COMMAND,
        ];
        commands.sort_by_key(|command| command.name);
        let mut by_name = HashMap::new();
        for command in &commands {
            for name in std::iter::once(&command.name).chain(command.aliases) {
                by_name.insert(*name, *command);
            }
        }
        Self { commands, by_name }
    }

    /// All commands in alphabetical order.
    pub fn all(&self) -> &[&'static Command] {
        &self.commands
    }

    /// A command by name or alias, without regard to case.
    pub fn find(&self, name: &str) -> Result<&'static Command, ChatError> {
        let folded = name.to_lowercase();
        self.by_name
            .get(folded.as_str())
            .copied()
            .ok_or_else(|| ChatError::UnknownCommand {
                name: name.chars().take(40).collect(),
                nearest: nearest(&folded, self.by_name.keys().copied()).map(str::to_owned),
            })
    }

    /// The commands as clients see them.
    pub fn infos(&self, lang: Lang) -> Vec<CommandInfo> {
        self.commands
            .iter()
            .map(|command| command.info(lang))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salon_protocol::ParamKind;

    #[test]
    fn no_two_commands_answer_to_one_name() {
        let registry = Registry::new();
        let names = registry
            .commands
            .iter()
            .map(|command| 1 + command.aliases.len())
            .sum::<usize>();
        assert_eq!(registry.by_name.len(), names);
    }

    #[test]
    fn every_declaration_is_complete_and_can_be_typed() {
        for command in Registry::new().commands {
            let name = command.name;
            for text in [command.summary, command.help]
                .into_iter()
                .chain(command.params.iter().map(|param| param.help))
            {
                assert!(
                    !text.en.is_empty() && !text.zh.is_empty(),
                    "/{name} lacks a text"
                );
                assert!(
                    text.zh.chars().any(|c| c as u32 > 0x2E80),
                    "/{name} lacks Chinese"
                );
            }
            let texts: Vec<_> = command
                .params
                .iter()
                .map(|param| param.kind == ParamKind::Text)
                .collect();
            assert!(
                texts.iter().rev().skip(1).all(|text| !text),
                "/{name}: a text that is not last swallows what follows"
            );
            let required: Vec<_> = command.params.iter().map(|param| param.required).collect();
            assert!(
                required.is_sorted_by(|a, b| a >= b),
                "/{name}: optional before required"
            );
        }
    }

    #[test]
    fn an_unknown_command_names_the_one_that_was_meant() {
        let error = Registry::new().find("hlep").err().unwrap();
        assert!(matches!(error, ChatError::UnknownCommand { nearest: Some(n), .. } if n == "help"));
    }
}

//! One command from beginning to end: opens the engine, has the command done, closes it.

use tongban_client::Client;

use crate::{
    args::{
        CasesCommand, CatalogueCommand, Cli, Command, CourierCommand, DraftsCommand, GuidesCommand,
        LicencesCommand,
    },
    commands::{account, cases, catalogue, courier, drafts, filing, guides, licences, outbox},
    exit::Failure,
    open,
    output::{Answer, Output},
};

pub(crate) async fn run(cli: Cli, output: Output) -> Result<Answer, Failure> {
    let client = open::open(&cli.global, output, matches!(cli.command, Command::SignIn)).await?;
    let answer = answer(&client, output, cli.command).await;
    client.close().await;
    answer
}

async fn answer(client: &Client, output: Output, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::SignIn => account::sign_in(client).await,
        Command::SignOut => account::sign_out(client).await,
        Command::Status => account::status(client).await,
        Command::Catalogue { command: CatalogueCommand::Sync { county } } => {
            catalogue::sync(client, output, county).await
        }
        Command::Divisions { parent } => catalogue::divisions(client, parent).await,
        Command::Guides { command } => match command {
            GuidesCommand::Search { query, theme, limit } => {
                guides::search(client, query, theme, limit).await
            }
            GuidesCommand::Show(asked) => guides::show(client, asked).await,
        },
        Command::Drafts { command } => in_drafts(client, output, command).await,
        Command::Outbox => outbox::list(client).await,
        Command::Sync => outbox::sync(client, output).await,
        Command::Courier { command } => match command {
            CourierCommand::Export { file } => courier::export(client, output, &file).await,
            CourierCommand::Relay { file } => courier::relay(client, output, &file).await,
        },
        Command::Cases { command } => match command {
            CasesCommand::List => cases::list(client).await,
            CasesCommand::Show(asked) => cases::show(client, asked.case).await,
            CasesCommand::Mend(asked) => cases::mend(client, asked.case).await,
            CasesCommand::Withdraw { case, reason } => {
                filing::withdraw(client, output, case.case, reason).await
            }
        },
        Command::Licences { command } => match command {
            LicencesCommand::List => licences::list(client).await,
            LicencesCommand::Show { id } => licences::show(client, id).await,
        },
    }
}

async fn in_drafts(
    client: &Client,
    output: Output,
    command: DraftsCommand,
) -> Result<Answer, Failure> {
    match command {
        DraftsCommand::New(asked) => drafts::new(client, asked).await,
        DraftsCommand::Set(asked) => drafts::set(client, asked).await,
        DraftsCommand::Attach(asked) => drafts::attach(client, asked).await,
        DraftsCommand::Detach { case, attachment } => {
            drafts::detach(client, case, attachment).await
        }
        DraftsCommand::Check(asked) => drafts::check(client, asked.case).await,
        DraftsCommand::Show(asked) => drafts::show(client, asked.case).await,
        DraftsCommand::List => drafts::list(client).await,
        DraftsCommand::Discard(asked) => drafts::discard(client, asked.case).await,
        DraftsCommand::Submit(asked) => filing::submit(client, output, asked.case).await,
        DraftsCommand::Recall(asked) => filing::recall(client, asked.case).await,
    }
}

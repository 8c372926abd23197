//! One command from beginning to end: opens the engine, has the command done, closes it.

use secrecy::SecretString;
use tongban_client::Client;

use crate::{
    args::{
        AccountsCommand, CasesCommand, CatalogueCommand, Cli, Command, CourierCommand,
        DraftsCommand, FollowedCommand, GuidesCommand, LicencesCommand, PinCommand,
    },
    commands::{
        account, accounts, cases, catalogue, courier, drafts, filing, followed, guides, licences,
        outbox,
    },
    exit::Failure,
    open,
    output::{Answer, Output},
    secret_file,
};

pub(crate) async fn run(cli: Cli, output: Output) -> Result<Answer, Failure> {
    let given = cli.global.pin_file.as_deref();
    let pin = given.map(|file| secret_file::read(file, "--pin-file")).transpose()?;
    let client =
        open::open(&cli.global, output, matches!(cli.command, Command::SignIn { .. })).await?;
    let answer = answer(&client, output, pin.as_ref(), cli.command).await;
    client.close().await;
    answer
}

async fn answer(
    client: &Client,
    output: Output,
    pin: Option<&SecretString>,
    command: Command,
) -> Result<Answer, Failure> {
    if needs_vault(&command) {
        accounts::unlock(client, pin).await?;
    }
    match command {
        Command::Accounts { command } => match command {
            AccountsCommand::List => accounts::list(client).await,
            AccountsCommand::Switch { account } => accounts::switch(client, account).await,
            AccountsCommand::BeginAnew { account } => accounts::begin_anew(client, account).await,
        },
        Command::Pin { command } => accounts::pin(client, pin, command).await,
        Command::SignIn { assurance } => account::sign_in(client, assurance).await,
        Command::SignOut { browser } => account::sign_out(client, browser).await,
        Command::Status => account::status(client).await,
        Command::Catalogue { command } => match command {
            CatalogueCommand::Sync { county } => catalogue::sync(client, output, county).await,
            CatalogueCommand::Keep { division } => catalogue::keep(client, output, division).await,
            CatalogueCommand::Drop { division } => catalogue::drop(client, division).await,
            CatalogueCommand::Regions { parent } => catalogue::regions(client, parent).await,
            CatalogueCommand::Changes => catalogue::changes(client).await,
        },
        Command::Divisions { parent } => catalogue::divisions(client, parent).await,
        Command::Guides { command } => match command {
            GuidesCommand::Search { query, listed } => guides::search(client, query, listed).await,
            GuidesCommand::Browse(listed) => guides::browse(client, listed).await,
            GuidesCommand::Show(asked) => guides::show(client, asked).await,
            GuidesCommand::Places { item } => guides::places(client, item).await,
        },
        Command::Followed { command } => match command {
            FollowedCommand::List => followed::list(client).await,
            FollowedCommand::Add(asked) => followed::add(client, asked).await,
            FollowedCommand::Remove { item } => followed::remove(client, item).await,
            FollowedCommand::Seen { item } => followed::seen(client, item).await,
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

/// Whether the command is about what is in a vault.
fn needs_vault(command: &Command) -> bool {
    match command {
        Command::SignIn { .. }
        | Command::Status
        | Command::Catalogue { .. }
        | Command::Divisions { .. }
        | Command::Guides { .. }
        | Command::Accounts { .. }
        | Command::Pin { command: PinCommand::Forget { .. } } => false,
        Command::SignOut { .. }
        | Command::Courier { .. }
        | Command::Drafts { .. }
        | Command::Followed { .. }
        | Command::Outbox
        | Command::Sync
        | Command::Cases { .. }
        | Command::Licences { .. }
        | Command::Pin { .. } => true,
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

//! Runs the checks with graph-rs-sdk, which returns the monitor of a job and polls it once.

mod drive;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use graph_rs_sdk::GraphClient;
use serde_json::json;

use crate::drive::{Drive, Refused, id_of, name_of};

/// A size of several upload ranges, whose length the client chooses.
const LONG: usize = 2 * 320 * 1024 + 1234;
/// The number of files that `tests/clients/run` creates in `Many` of each drive.
const N_MANY: usize = 1203;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let url = args.next().context("the server's URL is missing")?;
    let keeps_going = args.any(|arg| arg == "--keep-going");
    let mut has_failed = false;
    for (owner, kind) in [("me", "business"), ("ann", "personal")] {
        for group in GROUPS {
            let start = Instant::now();
            let done = async {
                let client = client(&url)?;
                let drive = Drive::open(&client, owner, kind).await?;
                let top = format!("graph-rs {group}");
                drive.create_folder("", &top, "fail").await?;
                run(&drive, group, &top, kind == "business").await
            };
            match tokio::time::timeout(Duration::from_secs(60), done).await.unwrap_or_else(|late| Err(late.into())) {
                Ok(()) => println!("ok graph-rs {group} ({kind}) ({:.1} s)", start.elapsed().as_secs_f32()),
                Err(error) => {
                    println!("FAILED graph-rs {group} ({kind})");
                    eprintln!("{error:?}");
                    has_failed = true;
                    if !keeps_going {
                        std::process::exit(1);
                    }
                }
            }
        }
    }
    std::process::exit(i32::from(has_failed));
}

fn client(url: &str) -> Result<GraphClient> {
    let configuration = graph_rs_sdk::GraphClientConfiguration::new().access_token("tok").https_only(false);
    let mut client = GraphClient::from(configuration);
    client.use_test_endpoint(&url::Url::parse(&format!("{url}/v1.0"))?);
    Ok(client)
}

const GROUPS: [&str; 8] = [
    "paging",
    "create-folder",
    "upload",
    "upload-in-ranges",
    "copy-file",
    "copy-folder",
    "copy-clash",
    "move-delete",
];

async fn run(drive: &Drive<'_>, group: &str, top: &str, is_business: bool) -> Result<()> {
    match group {
        "paging" => paging(drive).await,
        "create-folder" => create_folder(drive, top).await,
        "upload" => upload(drive, top).await,
        "upload-in-ranges" => upload_in_ranges(drive, top).await,
        "copy-file" => copy_file(drive, top).await,
        "copy-folder" => copy_folder(drive, top).await,
        "copy-clash" => copy_clash(drive, top, is_business).await,
        "move-delete" => move_and_delete(drive, top).await,
        other => bail!("no such group: {other}"),
    }
}

/// Fails unless a call failed with this status and code.
fn refused<T>(what: &str, done: Result<T>, status: u16, code: &str) -> Result<()> {
    let Err(error) = done else { bail!("{what} is not refused") };
    let refused = error.downcast_ref::<Refused>().with_context(|| format!("{what}: {error:?}"))?;
    ensure!(refused.status == status && refused.code == code, "{what}: {refused} instead of {status} {code}");
    Ok(())
}

async fn paging(drive: &Drive<'_>) -> Result<()> {
    let pages = drive.pages("Many").await?;
    ensure!(pages.len() > 1, "there is one page only");
    let mut names: Vec<String> = pages.into_iter().flatten().collect();
    names.sort();
    let wanted: Vec<String> = (0..N_MANY).map(|number| format!("f{number:04}.txt")).collect();
    ensure!(names == wanted, "{} children, the first are {:?}", names.len(), &names[..names.len().min(5)]);
    Ok(())
}

async fn create_folder(drive: &Drive<'_>, top: &str) -> Result<()> {
    let made = drive.create_folder(top, "Ordner ä", "fail").await?;
    ensure!(name_of(&made)? == "Ordner ä" && made["folder"].is_object(), "{made}");
    let again = drive.create_folder(top, "Ordner ä", "fail").await;
    refused("the same name", again, 409, "nameAlreadyExists")?;
    let second = drive.create_folder(top, "Ordner ä", "rename").await?;
    ensure!(name_of(&second)? == "Ordner ä 1", "{second}");
    ensure!(drive.names(top).await? == ["Ordner ä", "Ordner ä 1"], "{:?}", drive.names(top).await?);
    Ok(())
}

async fn upload(drive: &Drive<'_>, top: &str) -> Result<()> {
    let first = drive.upload(top, "a.txt", b"hello").await?;
    ensure!(first["size"] == json!(5), "{first}");
    let second = drive.upload(top, "a.txt", b"hello again").await?;
    ensure!(id_of(&first)? == id_of(&second)?, "another upload makes another item");
    ensure!(first["eTag"] != second["eTag"], "the tag stays {}", first["eTag"]);
    ensure!(drive.download(&format!("{top}/a.txt")).await? == b"hello again");
    Ok(())
}

async fn upload_in_ranges(drive: &Drive<'_>, top: &str) -> Result<()> {
    let content: Vec<u8> = (0..LONG).map(|at| (at * at / 7) as u8).collect();
    let answers = drive.upload_in_ranges(top, "long.bin", &content).await?;
    let (last, others) = answers.split_last().context("nothing was sent")?;
    let is_right = *last == 201 && !others.is_empty() && others.iter().all(|status| *status == 202);
    ensure!(is_right, "the ranges were answered with {answers:?}");
    ensure!(drive.at(&format!("{top}/long.bin")).await?["size"] == json!(LONG));
    ensure!(drive.download(&format!("{top}/long.bin")).await? == content, "what comes back differs");
    Ok(())
}

async fn copy_file(drive: &Drive<'_>, top: &str) -> Result<()> {
    let source = drive.upload(top, "a.txt", b"hello").await?;
    // Without a parent reference, the copy is created next to its source.
    let beside = drive.copy(&format!("{top}/a.txt"), json!({ "name": "b.txt" }), "fail").await?;
    ensure!(name_of(&beside)? == "b.txt" && id_of(&beside)? != id_of(&source)?, "{beside}");
    ensure!(beside["parentReference"]["id"] == source["parentReference"]["id"], "{beside}");
    ensure!(beside["file"]["hashes"]["quickXorHash"] == json!("aCgDG9jwBgAAAAAABQAAAAAAAAA="), "{beside}");
    drive.create_folder(top, "there", "fail").await?;
    // The parent is given by path.
    let body = json!({ "parentReference": { "path": format!("/drive/root:/{top}/there") } });
    let there = drive.copy(&format!("{top}/a.txt"), body, "fail").await?;
    ensure!(name_of(&there)? == "a.txt", "{there}");
    ensure!(drive.download(&format!("{top}/there/a.txt")).await? == b"hello");
    ensure!(drive.names(top).await? == ["a.txt", "b.txt", "there"]);
    Ok(())
}

async fn copy_folder(drive: &Drive<'_>, top: &str) -> Result<()> {
    let source = drive.create_folder(top, "source", "fail").await?;
    drive.create_folder(&format!("{top}/source"), "inner", "fail").await?;
    drive.upload(&format!("{top}/source/inner"), "deep.txt", b"deep").await?;
    let copy = drive.copy(&format!("{top}/source"), json!({ "name": "copy" }), "fail").await?;
    ensure!(copy["folder"]["childCount"] == json!(1) && copy["size"] == json!(4), "{copy}");
    ensure!(id_of(&copy)? != id_of(&source)?, "the copy has the id of its source");
    ensure!(drive.names(&format!("{top}/copy")).await? == ["inner"]);
    drive.delete(&source).await?;
    ensure!(drive.download(&format!("{top}/copy/inner/deep.txt")).await? == b"deep");
    let into_itself = json!({ "parentReference": { "id": id_of(&copy)? }, "name": "x" });
    let into_itself = drive.copy(&format!("{top}/copy"), into_itself, "fail").await;
    refused("a folder into itself", into_itself, 400, "invalidRequest")
}

async fn copy_clash(drive: &Drive<'_>, top: &str, is_business: bool) -> Result<()> {
    drive.upload(top, "a.txt", b"new").await?;
    let taken = drive.upload(top, "b.txt", b"the one there").await?;
    let source = format!("{top}/a.txt");
    let body = || json!({ "name": "B.txt" });
    refused("fail", drive.copy(&source, body(), "fail").await, 409, "nameAlreadyExists")?;
    let renamed = drive.copy(&source, body(), "rename").await;
    let replaced = drive.copy(&source, body(), "replace").await;
    if !is_business {
        refused("rename", renamed, 409, "nameAlreadyExists")?;
        return refused("replace", replaced, 409, "nameAlreadyExists");
    }
    ensure!(name_of(&renamed?)? == "B1.txt");
    ensure!(id_of(&replaced?)? != id_of(&taken)?, "what is replaced stays the same item");
    ensure!(drive.download(&format!("{top}/b.txt")).await? == b"new");
    ensure!(drive.names(top).await? == ["a.txt", "B.txt", "B1.txt"], "{:?}", drive.names(top).await?);
    Ok(())
}

async fn move_and_delete(drive: &Drive<'_>, top: &str) -> Result<()> {
    let file = drive.upload(top, "a.txt", b"moved").await?;
    let there = drive.create_folder(top, "there", "fail").await?;
    let body = json!({ "name": "b.txt", "parentReference": { "id": id_of(&there)? } });
    let moved = drive.update(&file, body).await?;
    ensure!(id_of(&moved)? == id_of(&file)? && name_of(&moved)? == "b.txt", "{moved}");
    ensure!(moved["parentReference"]["id"] == there["id"], "{moved}");
    ensure!(drive.download(&format!("{top}/there/b.txt")).await? == b"moved");
    ensure!(drive.names(top).await? == ["there"]);
    drive.delete(&there).await?;
    let gone = drive.at(&format!("{top}/there/b.txt")).await;
    refused("what was in a deleted folder", gone, 404, "itemNotFound")?;
    refused("a folder deleted twice", drive.delete(&there).await, 404, "itemNotFound")?;
    ensure!(drive.names(top).await?.is_empty());
    Ok(())
}

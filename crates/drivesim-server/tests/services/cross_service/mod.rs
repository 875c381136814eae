//! Tests of one server with drives of several services: a tree that moves from one service to another and back stays
//! the same.

mod box_client;
mod graph_client;

use std::collections::BTreeMap;

use axum::http::Method;
use drivesim::Sim;

use crate::support::transport::{OutgoingRequest, ReceivedResponse, RouterTransport, Transport};

/// An item in transfer between services: its name, and the content and times of a file or the items of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TransferItem {
    pub(crate) name: String,
    pub(crate) content: TransferContent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TransferContent {
    Folder(Vec<TransferItem>),
    File { bytes: Vec<u8>, created: String, modified: String },
}

/// A client of both services.
pub(crate) struct Client(RouterTransport);

impl Client {
    /// Sends a request and asserts the status of the response.
    #[track_caller]
    fn send(&self, method: Method, url: &str, kind: &str, body: Vec<u8>, status: u16) -> ReceivedResponse {
        let headers = vec![("content-type", kind.to_owned())];
        let response = self.0.send(OutgoingRequest { method, url, headers, body });
        assert_eq!(response.status, status, "{url}: {}", String::from_utf8_lossy(&response.body));
        response
    }

    #[track_caller]
    fn get(&self, url: &str) -> ReceivedResponse {
        self.send(Method::GET, url, "", Vec::new(), 200)
    }

    /// Reads the content of a file from the target of a redirect.
    #[track_caller]
    fn bytes(&self, url: &str) -> Vec<u8> {
        let location = self.send(Method::GET, url, "", Vec::new(), 302).location.unwrap();
        self.get(&location).body
    }
}

/// More files than a default page of either service has.
const N_MANY: usize = 230;

/// Creates a business drive with names that both services accept, and an empty drive of Box.
fn two_drives() -> Sim {
    let many: String =
        (0..N_MANY).map(|number| format!("      {number:03}.txt = \"file {number}\"\n")).collect();
    let tree = [
        "drive work profile=business owner=me\n",
        "from/\n",
        "  Empty folder/\n",
        "  empty.txt\n",
        "  Été & naïve (1) #2 100%.txt = \"accents\" # created=2001-02-03T04:05:06Z modified=2011-12-13T14:15:16Z\n",
        "  bytes.bin = b\"\\x00\\xff\\r\\n--\\x01\"\n",
        "  .hidden+plus = \"x\"\n",
        "  日本語/\n",
        "    many/\n",
        &many,
        "    deep/\n",
        "      deeper/\n",
        "        old.txt = \"old\" # modified=1999-12-31T23:59:59Z\n",
        "to/\n",
        "drive box profile=box\n",
    ];
    Sim::builder().outline(tree.concat()).build().unwrap()
}

/// Returns the times of all files of a tree, by path.
fn times(tree: &[TransferItem]) -> BTreeMap<String, (String, String)> {
    let mut times = BTreeMap::new();
    let mut queue: Vec<(String, &TransferItem)> = tree.iter().map(|item| (item.name.clone(), item)).collect();
    while let Some((path, item)) = queue.pop() {
        match &item.content {
            TransferContent::Folder(items) => {
                queue.extend(items.iter().map(|item| (format!("{path}/{}", item.name), item)))
            }
            TransferContent::File { created, modified, .. } => {
                times.insert(path, (created.clone(), modified.clone()));
            }
        }
    }
    times
}

#[test]
fn a_tree_stays_the_same_from_onedrive_to_box_and_back() {
    let sim = two_drives();
    let client = Client(RouterTransport::new(sim.clone()));
    let outline_of = |drive: &str, path: &str| sim.outline_of(sim.drive(drive).unwrap().at(path)).unwrap();

    let tree = graph_client::read(&client, "/v1.0/drives/work/root:/from:/children?$top=50");
    box_client::write(&client, "0", &tree);
    assert_eq!(outline_of("box", "/"), outline_of("work", "/from"));

    // The clock advances, so equal times afterwards were transferred, not set anew.
    sim.advance(std::time::Duration::from_secs(24 * 60 * 60)).unwrap();
    let in_box = box_client::read(&client, "0");
    graph_client::write(&client, "/v1.0/drives/work/root:/to:", &in_box);
    assert_eq!(outline_of("work", "/to"), outline_of("work", "/from"));
    assert!(outline_of("work", "/to").lines().count() > N_MANY);

    let back = graph_client::read(&client, "/v1.0/drives/work/root:/to:/children");
    assert_eq!(times(&in_box), times(&tree));
    assert_eq!(times(&back), times(&tree));
    let old = &times(&back)["日本語/deep/deeper/old.txt"];
    assert_eq!(old.1, "1999-12-31T23:59:59Z");
}

#[test]
fn each_service_serves_only_its_own_drives() {
    let sim = two_drives();
    let client = Client(RouterTransport::new(sim.clone()));
    assert_eq!(client.get("/2.0/folders/0/items").json()["total_count"], 0);
    box_client::write(
        &client,
        "0",
        &[TransferItem { name: "new".to_owned(), content: TransferContent::Folder(Vec::new()) }],
    );
    let names = graph_client::read(&client, "/v1.0/drives/work/root/children?$top=9")
        .into_iter()
        .map(|item| item.name);
    assert_eq!(names.collect::<Vec<_>>(), ["from", "to"]);
    assert_eq!(client.get("/2.0/folders/0/items").json()["entries"][0]["name"], "new");
}

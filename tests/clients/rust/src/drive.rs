//! Wraps graph-rs-sdk: a drive and the verbs on it.

use std::fmt;
use std::io::Cursor;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use graph_rs_sdk::GraphClient;
use graph_rs_sdk::http::{AsyncIterator as _, BodyRead, ResponseExt as _};
use reqwest::Response;
use serde_json::{Value, json};

/// A request that failed.
#[derive(Debug)]
pub struct Refused {
    pub status: u16,
    pub code: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.code)
    }
}

impl std::error::Error for Refused {}

/// Returns the id of an item.
pub fn id_of(item: &Value) -> Result<&str> {
    item["id"].as_str().with_context(|| format!("no id: {item}"))
}

/// Returns the name of an item.
pub fn name_of(item: &Value) -> Result<&str> {
    item["name"].as_str().with_context(|| format!("no name: {item}"))
}

/// A drive.
pub struct Drive<'a> {
    client: &'a GraphClient,
    id: String,
}

async fn checked(response: Response) -> Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let report: Value = response.json().await?;
    let code = report["error"]["code"].as_str().unwrap_or_default().to_owned();
    Err(Refused { status: status.as_u16(), code }.into())
}

async fn item(response: Response) -> Result<Value> {
    Ok(checked(response).await?.json().await?)
}

/// Returns a path in the format of the client.
fn place(path: &str) -> String {
    format!(":/{path}:")
}

impl<'a> Drive<'a> {
    /// Opens the drive of an owner.
    pub async fn open(client: &'a GraphClient, owner: &str, kind: &str) -> Result<Drive<'a>> {
        let response = match owner {
            "me" => client.me().drive().get_drive().send().await?,
            user => client.user(user).drive().get_drive().send().await?,
        };
        let drive = item(response).await?;
        ensure!(drive["driveType"] == json!(kind), "{drive}");
        Ok(Drive { client, id: id_of(&drive)?.to_owned() })
    }

    pub async fn at(&self, path: &str) -> Result<Value> {
        item(self.client.drive(&self.id).item_by_path(place(path)).get_items().send().await?).await
    }

    async fn by_id(&self, id: &str) -> Result<Value> {
        item(self.client.drive(&self.id).item(id).get_items().send().await?).await
    }

    /// Returns the names in a folder, page by page, as the client reads them.
    pub async fn pages(&self, path: &str) -> Result<Vec<Vec<String>>> {
        let request = self.client.drive(&self.id).item_by_path(place(path)).list_children();
        let mut pages = Vec::new();
        for response in request.paging().json::<Value>().await? {
            let body = response.into_body()?;
            let children = body["value"].as_array().context("no children in the response")?;
            pages.push(children.iter().map(|child| Ok(name_of(child)?.to_owned())).collect::<Result<_>>()?);
        }
        Ok(pages)
    }

    /// Returns the names in a folder, sorted: business and personal drives list them in different orders.
    pub async fn names(&self, path: &str) -> Result<Vec<String>> {
        let mut names: Vec<String> = self.pages(path).await?.into_iter().flatten().collect();
        names.sort_by_key(|name| name.to_lowercase());
        Ok(names)
    }

    /// Creates a folder. The path of the root is empty.
    pub async fn create_folder(&self, parent: &str, name: &str, conflict: &str) -> Result<Value> {
        let body = json!({ "name": name, "folder": {}, "@microsoft.graph.conflictBehavior": conflict });
        let drive = self.client.drive(&self.id);
        let response = match parent {
            "" => drive.item("root").create_children(&body).send().await?,
            path => drive.item_by_path(place(path)).create_children(&body).send().await?,
        };
        item(response).await
    }

    pub async fn upload(&self, parent: &str, name: &str, content: &[u8]) -> Result<Value> {
        let place = place(&format!("{parent}/{name}"));
        let body = BodyRead::from(content.to_vec());
        item(self.client.drive(&self.id).item_by_path(place).update_items_content(body).send().await?).await
    }

    /// Uploads with a session. Returns the responses to the ranges.
    pub async fn upload_in_ranges(&self, parent: &str, name: &str, content: &[u8]) -> Result<Vec<u16>> {
        let place = place(&format!("{parent}/{name}"));
        let body = json!({ "@microsoft.graph.conflictBehavior": "fail" });
        let request = self.client.drive(&self.id).item_by_path(place).create_upload_session(&body);
        let response = checked(request.send().await?).await?;
        let mut session = response.into_upload_session(Cursor::new(content.to_vec())).await?;
        let mut answers = Vec::new();
        while let Some(answer) = session.next().await {
            answers.push(answer?.status().as_u16());
        }
        Ok(answers)
    }

    pub async fn download(&self, path: &str) -> Result<Vec<u8>> {
        let request = self.client.drive(&self.id).item_by_path(place(path)).get_items_content();
        Ok(checked(request.send().await?).await?.bytes().await?.to_vec())
    }

    /// Copies and waits. Returns the copy.
    pub async fn copy(&self, path: &str, body: Value, conflict: &str) -> Result<Value> {
        let request = self.client.drive(&self.id).item_by_path(place(path)).copy(&body);
        let request = request.append_query_pair("@microsoft.graph.conflictBehavior", conflict);
        let response = checked(request.send().await?).await?;
        ensure!(response.status().as_u16() == 202, "a copy is answered with {}", response.status());
        loop {
            let status = response.job_status().await.context("no monitor in the response")??;
            let report: Value = status.json().await?;
            match report["status"].as_str() {
                Some("notStarted" | "inProgress") => tokio::time::sleep(Duration::from_millis(50)).await,
                Some("completed") => {
                    let id = report["resourceId"].as_str().context("no item in the response")?;
                    return self.by_id(id).await;
                }
                _ => bail!("the job ends with {report}"),
            }
        }
    }

    pub async fn update(&self, item_: &Value, body: Value) -> Result<Value> {
        item(self.client.drive(&self.id).item(id_of(item_)?).update_items(&body).send().await?).await
    }

    pub async fn delete(&self, item: &Value) -> Result<()> {
        let request = self.client.drive(&self.id).item(id_of(item)?).delete_items();
        checked(request.send().await?).await?;
        Ok(())
    }
}

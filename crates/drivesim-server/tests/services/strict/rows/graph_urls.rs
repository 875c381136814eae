//! Rows of URL encoding and item addresses at Microsoft's drives.

use super::{Group, row};
use crate::strict::service::Service::{Business, Personal};

const ENCODING: &str = "RFC 3986, 2.1";
const SEEN: &str = "seen of clients";

pub const GROUPS: &[&Group] = &[
    &Group {
        title: "Percent-encoding",
        service: Business,
        request: "GET /v1.0/me/drive/root:/§",
        headers: &[],
        body: "",
        rows: &[
            row("Docs/a.txt", "200", "addressing driveItems"),
            row("Docs%2Fa.txt", "200", SEEN),
            row("Docs/a%2Etxt", "200", ENCODING),
            row("Docs/%61.txt", "200", ENCODING),
            row("docs/A.TXT", "200", "case-sensitivity: paths"),
            row("Docs/a.txt:", "200", "addressing driveItems"),
            row("Docs//a.txt", "200", "*assumed*"),
            row("./Docs/a.txt", "200", "seen of the D client"),
            row("Docs/../Docs/a.txt", "404 itemNotFound", "*assumed*"),
            row("Docs/a.txt%", "400 invalidRequest/invalidPath", ENCODING),
            row("Docs/a.txt%2", "400 invalidRequest/invalidPath", ENCODING),
            row("Docs/a.txt%zz", "400 invalidRequest/invalidPath", ENCODING),
            row("Docs/%FF", "400 invalidRequest/invalidPath", "RFC 3629"),
            row("Docs%C0%AFa.txt", "400 invalidRequest/invalidPath", "RFC 3629: overlong"),
            row("Docs/%ED%A0%80", "400 invalidRequest/invalidPath", "RFC 3629: surrogate"),
            row("Docs/%00", "400 invalidRequest/invalidPath", "*assumed*"),
            row("Docs/a+b.txt", "404 itemNotFound", "RFC 3986: a plus is a plus"),
            row("Docs/%2561.txt", "404 itemNotFound", "RFC 3986: decoded once"),
        ],
    },
    &Group {
        title: "Percent-encoding",
        service: Business,
        request: "GET /v1.0/me/drive/root/children?§",
        headers: &[],
        body: "",
        rows: &[
            row("$select=id%2Cname", "200", ENCODING),
            row("$select=%zz", "400 invalidRequest/invalidPath", ENCODING),
            row("$select=%FF", "400 invalidRequest/invalidPath", "RFC 3629"),
            row("$select=%00", "400 invalidRequest/invalidPath", "*assumed*"),
            row("nosuch=%", "400 invalidRequest/invalidPath", ENCODING),
            row("&&", "200", "WHATWG URL: empty pairs are none"),
        ],
    },
    &Group {
        title: "Names and ids",
        service: Business,
        request: "GET /v1.0/me/drive/items/§",
        headers: &[],
        body: "",
        rows: &[
            row("[file]", "200", "driveItem: get"),
            row("root", "200", "driveItem: get"),
            row("[folder]:/a.txt", "200", "addressing driveItems"),
            row("nosuch", "400 invalidRequest/invalidResourceId", "onedrive-api-docs#851"),
            row("7", "400 invalidRequest/invalidResourceId", "onedrive-api-docs#851"),
            row("-1", "400 invalidRequest/invalidResourceId", "onedrive-api-docs#851"),
            row("EA7C94BE1BE8597B!101", "400 invalidRequest/invalidResourceId", "rclone#4342"),
            row("01AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "404 itemNotFound", "driveItem: get"),
        ],
    },
    &Group {
        title: "Names and ids",
        service: Personal,
        request: "GET /v1.0/me/drive/items/§",
        headers: &[],
        body: "",
        rows: &[
            row("[file]", "200", "driveItem: get"),
            row("nosuch", "400 invalidRequest/invalidResourceId", "onedrive-api-docs#851"),
            row("0000000000000000!101", "404 itemNotFound", "driveItem: get"),
            row("015J6JJPRP6SGENU77YIDDWQVF6CZCF4ET", "400 invalidRequest/invalidResourceId", "rclone#4342"),
        ],
    },
    &Group {
        title: "Names and ids",
        service: Business,
        request: "GET §",
        headers: &[],
        body: "",
        rows: &[
            row("/_api/v2.0/monitor/nosuch", "404 itemNotFound", "*assumed*: as any job that is not there"),
            row(
                "/_api/v2.0/monitor/00000000-0000-0000-0000-000000000000",
                "404 itemNotFound",
                "*assumed*: as any job that is not there",
            ),
            row("/_download/nosuch", "404 itemNotFound", "*assumed*"),
            row("/_upload/nosuch", "404 itemNotFound", "createUploadSession: start over"),
            row(
                "/_upload/00000000-0000-0000-0000-000000000000",
                "404 itemNotFound",
                "createUploadSession: start over",
            ),
            row("/v1.0/me/drive/root:/Docs:in", "400 invalidRequest", "onedrive-api-docs#232"),
            row("/v1.0/me/drive/root:/Docs:/nosuch", "400 BadRequest", "onedrive-api-docs#748"),
            row(
                "/v1.0/me/drive/root:/Docs:/delta",
                "501 notSupported",
                "a gap of drivesim: it lists no changes there",
            ),
        ],
    },
    &Group {
        title: "Names and ids",
        service: Business,
        request: "GET /v1.0/drives/§/root",
        headers: &[],
        body: "",
        rows: &[
            row("[drive]", "200", "drive: get"),
            row("work", "200", "drivesim: a drive's name does for its id"),
            row("nosuch", "400 invalidRequest/invalidResourceId", "seen of the onedrive-api crate's tests"),
            row("0000000000000000", "404 itemNotFound", "drive: get"),
        ],
    },
];

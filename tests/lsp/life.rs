//! The life of a server: greeting, settings, leaving.

use crate::client::Client;
use serde_json::{Value, json};

const WEAK: &str = "machine:\n  type: worker\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n";

#[test]
fn exit_after_shutdown_is_0_and_without_it_1() {
    assert_eq!(Client::with(json!({})).leave(), 0);
    assert_eq!(Client::with(json!({})).exit(), 1);
}

#[test]
fn columns_count_what_the_client_can() {
    let chosen = |encodings: Value| {
        let mut client = Client::start();
        let capabilities = json!({ "general": { "positionEncodings": encodings } });
        let answer = client.request("initialize", json!({ "processId": null, "capabilities": capabilities }));
        answer["capabilities"]["positionEncoding"].clone()
    };
    assert_eq!(chosen(Value::Null), "utf-16");
    assert_eq!(chosen(json!(["utf-16"])), "utf-16");
    assert_eq!(chosen(json!(["utf-16", "utf-32"])), "utf-32");
    assert_eq!(chosen(json!(["utf-16", "utf-8"])), "utf-8");
}

#[test]
fn a_request_before_the_greeting_is_an_error_and_no_end() {
    let mut client = Client::start();
    let answer = client.request("textDocument/hover", json!({}));
    assert_eq!(answer["error"]["code"], -32002);
    client.request("initialize", json!({ "processId": null, "capabilities": {} }));
    assert_eq!(client.leave(), 0);
}

#[test]
fn settings_come_with_the_greeting() {
    let mut client = Client::start();
    let options = json!({ "ignore": ["sysctl/"] });
    let params = json!({ "processId": null, "capabilities": {}, "initializationOptions": options });
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    client.open("file:///worker.yaml", WEAK);
    assert_eq!(client.pulled("file:///worker.yaml"), Vec::<Value>::new());
}

#[test]
fn settings_are_asked_for_and_change_what_is_shown() {
    let mut client = Client::start();
    client.configuration = json!({ "ignore": ["sysctl/"] });
    let capabilities = json!({ "workspace": { "configuration": true } });
    client.request("initialize", json!({ "processId": null, "capabilities": capabilities }));
    client.notify("initialized", json!({}));
    client.open("file:///worker.yaml", WEAK);
    client.configuration = json!({});
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    let published = client.published("file:///worker.yaml", 1);
    assert_eq!(published[0]["code"], "sysctl/weakened");
}

#[test]
fn what_is_not_understood_of_the_settings_is_told() {
    let mut client = Client::start();
    let params = json!({ "processId": null, "capabilities": {}, "initializationOptions": { "profile": "hard" } });
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    let told = client.notification("window/logMessage");
    assert_eq!(told["message"], "talint: `profile` is `hard`; expected is `default`, `hardened` or `strict`");
}

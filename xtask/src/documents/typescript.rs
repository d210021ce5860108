//! A snippet for pages, beside the client's sources.

use std::fs;
use std::process::Command;

use super::blocks::Block;
use super::served::checkout;
use crate::node::{PAGE, page_packages};
use crate::step::{Step, target_folder};

pub(super) fn check(document: &str, block: &Block) -> Result<(), String> {
    page_packages()?;
    let checkout = checkout()?;
    let (client, page) = (checkout.join("clients/typescript/src"), checkout.join(PAGE.0));
    let place = format!("{}-{}", document.replace('/', "-"), block.line);
    let folder = target_folder().join("shown").join(place);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let config = format!(
        r#"{{
          "extends": "{page}/tsconfig.json",
          "compilerOptions": {{ "paths": {{
            "stepup-client": ["{client}/index.ts"],
            "stepup-client/dialog/define": ["{client}/dialog/define.ts"]
          }} }},
          "files": ["shown.ts"],
          "include": []
        }}"#,
        page = page.display(),
        client = client.display(),
    );
    for (file, text) in [("shown.ts", &block.text), ("tsconfig.json", &config)] {
        let file = folder.join(file);
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let mut compiler = Command::new("node");
    compiler.arg(page.join("node_modules/typescript/bin/tsc")).arg("-p").arg(&folder);
    Step::new(format!("a snippet of {document} in TypeScript"), compiler).run()
}

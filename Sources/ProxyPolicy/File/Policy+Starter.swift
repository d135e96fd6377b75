extension Policy {
    /// The starter rules, from the file `starter.yaml`.
    package static var starter: Policy {
        get throws {
            try Policy(yaml: String(decoding: PackageResources.starter_yaml, as: UTF8.self), name: "starter.yaml")
        }
    }
}

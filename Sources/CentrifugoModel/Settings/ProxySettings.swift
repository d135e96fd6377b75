/// The options of one proxy, in any place.
package struct ProxySettings: Sendable {
    /// Their path, such as `proxies[backend]`.
    package let path: OptionPath
    /// The options as written, each converted to its kind.
    package let options: ConfigurationValue
    package let endpoint: ProxyEndpoint

    init(path: OptionPath, options: ConfigurationValue) {
        self.path = path
        self.options = options
        endpoint = ProxyEndpoint(options["endpoint"]?.text ?? "")
    }

    /// The endpoint as written; empty when it is missing.
    package var endpointText: String { options["endpoint"]?.text ?? "" }

    /// The endpoint for display: without the password and the query, which may contain a key.
    package var shownEndpoint: String {
        endpointText.replacing(/\/\/[^\/@]*@/, with: "//…@").replacing(/\?.*/, with: "?…")
    }

    /// How long a call may take, in seconds; 1 by default.
    package var timeout: Double {
        guard case .number(let seconds) = options["timeout"] else { return 1 }
        return seconds
    }

    /// Whether a timeout in seconds is shorter than any call: Centrifugo gives up before it has sent one.
    package static func isTooShort(_ timeout: Double) -> Bool { timeout < 1e-4 }

    package var includesConnectionMeta: Bool { options["include_connection_meta"] == true }
    package var usesTLS: Bool { options[path: "grpc.tls.enabled"] == true }
    package var credentialsKey: String { options[path: "grpc.credentials_key"]?.text ?? "" }
    package var credentialsValue: String { options[path: "grpc.credentials_value"]?.text ?? "" }

    /// Static metadata by name; names in lower case.
    package var staticMetadata: [String: String] {
        (options[path: "grpc.static_metadata"]?.members ?? [:]).compactMapValues(\.text)
    }

    /// The names in a list such as `http_headers`.
    package func names(_ list: String) -> [String] { (options[list]?.elements ?? []).compactMap(\.text) }
}

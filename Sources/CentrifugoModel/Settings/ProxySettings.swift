/// The options of one proxy, wherever they are.
package struct ProxySettings: Sendable {
    /// Where they are, such as `proxies[backend]`.
    package let path: OptionPath
    /// As they are written, each of its kind.
    package let options: ConfigurationValue
    package let endpoint: ProxyEndpoint

    init(path: OptionPath, options: ConfigurationValue) {
        self.path = path
        self.options = options
        endpoint = ProxyEndpoint(options["endpoint"]?.text ?? "")
    }

    /// The endpoint as it is written; empty when there is none.
    package var endpointText: String { options["endpoint"]?.text ?? "" }

    /// The endpoint for people: without a password and a query, which may be a key.
    package var shownEndpoint: String {
        endpointText.replacing(/\/\/[^\/@]*@/, with: "//…@").replacing(/\?.*/, with: "?…")
    }

    /// How long a call may take, in seconds: 1 unless it is set.
    package var timeout: Double {
        guard case .number(let seconds) = options["timeout"] else { return 1 }
        return seconds
    }

    /// Whether a time in seconds is less than any call takes: Centrifugo gives up before it has sent one.
    package static func isTooShort(_ timeout: Double) -> Bool { timeout < 1e-4 }

    package var includesConnectionMeta: Bool { options["include_connection_meta"] == true }
    package var usesTLS: Bool { options[path: "grpc.tls.enabled"] == true }
    package var credentialsKey: String { options[path: "grpc.credentials_key"]?.text ?? "" }
    package var credentialsValue: String { options[path: "grpc.credentials_value"]?.text ?? "" }

    /// Fixed metadata by name; names in lower case.
    package var staticMetadata: [String: String] {
        (options[path: "grpc.static_metadata"]?.members ?? [:]).compactMapValues(\.text)
    }

    /// Names of a list such as `http_headers`.
    package func names(_ list: String) -> [String] { (options[list]?.elements ?? []).compactMap(\.text) }
}

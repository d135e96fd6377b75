/// A command that a client sends to Centrifugo.
package struct ClientCommand: Sendable {
    package enum Name: String, Sendable, CaseIterable {
        case connect
        case refresh
        case subscribe
        case subRefresh = "sub_refresh"
        case publish
        case rpc
        case presence
        case presenceStats = "presence_stats"
        case history
        case mapSubscribe = "map_subscribe"
        case mapPublish = "map_publish"
        case mapRemove = "map_remove"
        case track
        /// A unidirectional client connects.
        case uniConnect = "uni_connect"
        case unsubscribe
        /// Not a command: the client waits.
        case wait

        /// Whether the command concerns one channel.
        package var hasChannel: Bool {
            switch self {
            case .connect, .refresh, .rpc, .uniConnect, .wait: false
            default: true
            }
        }
    }

    package let name: Name
    /// The command's arguments, by the names of Centrifugo's client protocol, such as `channel` and `method`.
    package let arguments: ConfigurationValue

    /// Which of several clients sends it; empty for the first one.
    package private(set) var client = ""

    package init(_ name: Name, _ arguments: ConfigurationValue = .object([:])) {
        self.name = name
        self.arguments = arguments
    }

    package var channel: String { arguments["channel"]?.text ?? "" }
    package var method: String { arguments["method"]?.text ?? "" }
}

extension ClientCommand {
    /// Parses a command from a line such as `{"do": "rpc", "args": {"method": "m"}}`.
    package init(json: some Sequence<UInt8>) throws(ConfigurationError) {
        let value = try ConfigurationValue(json: Array(json))
        let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
        guard let word = value["do"]?.text else {
            throw ConfigurationError(
                "this is not a command such as {\"do\": \"rpc\", \"args\": {\"method\": \"m\"}}"
            )
        }
        guard let name = Name(rawValue: word) else {
            throw ConfigurationError("there is no command \(word); the commands are \(names)")
        }
        let arguments = value["args"] ?? .object([:])
        guard case .object = arguments else { throw ConfigurationError("args is not an object") }
        for key in ["channel", "method", "key"] where arguments[key].map({ $0.text == nil }) == true {
            throw ConfigurationError("\(key) in args is not a text; put it in quotes")
        }
        self.init(name, arguments)
        client = value["client"]?.text ?? ""
    }
}

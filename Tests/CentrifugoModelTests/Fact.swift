import CentrifugoProxy
import Foundation

@testable import CentrifugoModel

/// What a real Centrifugo 6.9.1 did with one configuration and one or two clients.
struct Fact: CustomStringConvertible {
    let value: ConfigurationValue

    /// All of them, of Tests/CentrifugoFacts.
    static let all: [Fact] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "CentrifugoFacts/facts.jsonl")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            var reader = JSONReader(Array(line.utf8))
            return (try? reader.document()).map(Fact.init)
        }
    }()

    var id: String { value["id"]?.text ?? "" }
    var topic: String { value["topic"]?.text ?? "" }
    var description: String { "\(id): \(value["about"]?.text ?? "")" }
    /// nil where a subcommand was run and not the server.
    var starts: Bool? { value["tool"] == nil ? value["starts"] == true : nil }
    var commands: [Command] { (value["commands"]?.elements ?? []).map(Command.init) }

    /// Whether only the configuration and one client's commands decide.
    var isOpen: Bool {
        value["backend"] == nil && value["tool"] == nil
            && !commands.contains { $0.value["do"] == "wait" || $0.value["client"] != nil }
    }

    /// The warnings of its start, each as a line.
    var warnings: [String] {
        (value["warnings"]?.elements ?? []).flatMap(\.members).map { "\($0.key) \($0.value.text ?? "")" }.sorted()
    }

    /// The variables of the process, and of a file that Centrifugo reads beside it.
    private var variables: [String: String] {
        let files = value["files"]?.members.values.compactMap(\.text) ?? []
        let ofFiles = files.compactMap { try? EnvironmentFile($0).variables }.reduce(into: [:]) { $0.merge($1) { $1 } }
        return ofFiles.merging((value["env"]?.members ?? [:]).compactMapValues(\.text)) { $1 }
    }

    /// Reads the configuration as Centrifugo would.
    func configuration() throws(ConfigurationError) -> CentrifugoConfiguration {
        guard let config = value["config"], config != .null else {
            return CentrifugoConfiguration(ConfigurationSource(), variables: variables)
        }
        let name = value["ext"]?.text ?? value["form"]?.text ?? ""
        let form = ConfigurationForm(fileName: "x.\(name == "mixed" ? "json" : name)") ?? .json
        return CentrifugoConfiguration(try ConfigurationSource(Self.bytes(config), form: form), variables: variables)
    }

    /// Why it does not start, as the model says; nil when it does.
    var refusal: String? {
        do { return try configuration().refusals.first?.description } catch { return error.description }
    }

    private static func bytes(_ config: ConfigurationValue) -> Data {
        guard let text = config.text else { return Data(config.json.utf8) }
        guard text.hasPrefix("base64:") else { return Data(text.utf8) }
        return Data(base64Encoded: String(text.dropFirst("base64:".count))) ?? Data()
    }

    /// A client that has not connected.
    func session(_ configuration: CentrifugoConfiguration) -> ClientSession {
        let headers = (value["client_headers"]?.members ?? [:]).compactMap { name, value in
            value.text.map { (name: name, value: $0) }
        }
        return ClientSession(configuration, headers: headers.sorted { $0.name < $1.name }, acceptedUser: "u1")
    }
}

extension Fact {
    /// One command of a client, with its result.
    struct Command: CustomStringConvertible {
        let value: ConfigurationValue

        var description: String { "\(value["do"]?.text ?? "") \(value["args"]?.json ?? "")" }
        var via: String? { value["via"]?.text }

        var command: ClientCommand {
            get throws { try ClientCommand(json: value.json.utf8) }
        }

        var outcome: Outcome {
            let called = value["called"]?.text
            return Outcome(
                // A path that is not an event's still belongs to the event.
                called: called?.hasPrefix("HTTP ") == true ? nil : called,
                metadata: via == nil ? (value["metadata"]?.elements ?? []).compactMap(\.text) : [],
                answer: answer
            )
        }

        private var answer: ClientAnswer? {
            if case .integer(let code) = value["answer"]?["error"] { return .error(code) }
            if case .integer(let code) = value["answer"]?["disconnect"] { return .disconnect(code) }
            if case .integer(let status) = value["answer"]?["no_websocket"] { return .noWebSocket(status) }
            return value["answer"]?["nothing_within_s"] == nil ? .accepted : nil
        }
    }

    /// The call that Centrifugo made, and the client's answer.
    struct Outcome: Equatable {
        var called: String?
        /// The names of a gRPC call's metadata.
        var metadata: [String]
        var answer: ClientAnswer?

        init(called: String?, metadata: [String], answer: ClientAnswer?) {
            self.called = called
            self.metadata = metadata
            self.answer = answer
        }

        init(_ resolution: Resolution, via: String?) {
            let name = resolution.event.map { $0.methodName + (resolution.isMessage ? " message" : "") }
            let isOther = via == "http" && resolution.proxy?.path.steps.first == .key("proxies")
            self.init(
                called: isOther ? nil : name,
                metadata: via == nil ? resolution.metadata : [],
                answer: resolution.answer
            )
        }
    }
}

extension StartWarning {
    /// As the facts have it.
    var description: String {
        switch self {
        case .unknownKey(let path): "unknown_key \(path.centrifugoSpelling)"
        case .unknownVariable(let name): "unknown_env \(name)"
        case .noConfigurationFile: "other no_config_file"
        case .insecureMode: "other insecure_mode"
        }
    }
}

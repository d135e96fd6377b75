import CentrifugoModel
import CentrifugoProxy
import Foundation

/// The answers of `explain` as text.
enum ExplanationText {
    static func start(_ configuration: CentrifugoConfiguration) -> String {
        // Every text may contain names from the explained configuration, which may have line breaks.
        let refusals = configuration.refusals.map {
            "Centrifugo does not start: \("\($0)".printable).\n  Fix: \($0.fix.printable)."
        }
        let warnings = configuration.warnings.compactMap { warning -> String? in
            switch warning {
            case .unknownKey(let path): "Centrifugo does not read \("\(path)".printable); ask doctor."
            case .unknownVariable(let name): "Centrifugo does not read the variable \(name.printable); ask doctor."
            case .insecureMode: "client.insecure is on: every client may connect, without a user."
            case .noConfigurationFile: nil
            }
        }
        return (refusals.isEmpty ? ["Centrifugo starts."] + warnings : refusals).joined(separator: "\n")
    }

    static func paragraph(_ resolution: Resolution) -> String {
        var lines = ["", title(of: resolution.command), "  \(resolution.why)"]
        if let event = resolution.event, let proxy = resolution.proxy {
            let what = resolution.isMessage ? "a message of the stream \(event.methodName)" : event.methodName
            lines.append("  It calls \(what) at \(proxy.shownEndpoint), by the options of \(proxy.path).")
            let metadata = resolution.metadata.filter { resolution.metadataValues[$0] != nil }
            if !metadata.isEmpty { lines.append("  The call carries \(metadata.joined(separator: ", ")).") }
        }
        if let backend = resolution.backend { lines.append("  \(backend)") }
        lines.append(
            "  The client gets \(text(of: resolution.answer))\(resolution.isAssumed ? ", if the backend accepts" : "")."
        )
        return lines.map(\.printable).joined(separator: "\n")
    }

    private static func title(of command: ClientCommand) -> String {
        let argument = command.name == .rpc ? command.method : command.channel
        return argument.isEmpty ? command.name.rawValue : "\(command.name.rawValue) \(argument)"
    }

    private static func text(of answer: ClientAnswer) -> String {
        switch answer {
        case .accepted: "what it asks for"
        case .error(let code): "error \(code)\(names[code].map { " (\($0))" } ?? "")"
        case .disconnect(let code): "a disconnect with \(code)\(names[code].map { " (\($0))" } ?? "")"
        case .unsubscribe(let code): "an unsubscribe with \(code)\(names[code].map { " (\($0))" } ?? "")"
        case .noWebSocket(let status): "no connection: HTTP \(status)"
        }
    }

    /// Centrifugo's own texts for its codes.
    private static let names = [
        100: "internal server error", 102: "unknown channel", 103: "permission denied", 104: "method not found",
        105: "already subscribed", 106: "limit exceeded", 107: "bad request", 108: "not available",
        109: "token expired",
        2501: "subscription expired", 3005: "connection expired", 3500: "invalid token", 3501: "bad request",
        3507: "permission denied",
    ]
}

/// The answers of `explain` as JSON: one object per line.
enum ExplanationJSON {
    /// Whether Centrifugo starts, and its warnings.
    private struct Start: Encodable {
        let starts: Bool
        let reason: String?
        let warnings: [[String: String]]

        enum CodingKeys: CodingKey {
            case starts, reason, warnings
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(starts, forKey: .starts)
            try container.encode(reason, forKey: .reason)
            try container.encode(warnings, forKey: .warnings)
        }
    }

    private struct Command: Encodable {
        let resolution: Resolution

        enum CodingKeys: String, CodingKey {
            case name = "do"
            case called, proxy, endpoint, metadata, answer, rule, option, why, backend
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            let called = resolution.event.map { $0.methodName + (resolution.isMessage ? " message" : "") }
            try container.encode(resolution.command.name.rawValue, forKey: .name)
            try container.encode(called, forKey: .called)
            try container.encode(resolution.proxy?.path.description, forKey: .proxy)
            try container.encode(resolution.proxy?.shownEndpoint, forKey: .endpoint)
            try container.encode(resolution.metadata, forKey: .metadata)
            try container.encode(Self.answer(resolution.answer), forKey: .answer)
            try container.encode(resolution.rule, forKey: .rule)
            try container.encode(resolution.option?.description, forKey: .option)
            try container.encode(resolution.why, forKey: .why)
            try container.encodeIfPresent(resolution.backend, forKey: .backend)
        }

        private static func answer(_ answer: ClientAnswer) -> [String: Int]? {
            switch answer {
            case .accepted: nil
            case .error(let code): ["error": code]
            case .disconnect(let code): ["disconnect": code]
            case .unsubscribe(let code): ["unsubscribe": code]
            case .noWebSocket(let status): ["no_websocket": status]
            }
        }
    }

    static func start(_ configuration: CentrifugoConfiguration) -> String {
        let warnings = configuration.warnings.map { warning in
            switch warning {
            case .unknownKey(let path): ["unknown_key": path.centrifugoSpelling]
            case .unknownVariable(let name): ["unknown_env": name]
            case .noConfigurationFile: ["other": "no_config_file"]
            case .insecureMode: ["other": "insecure_mode"]
            }
        }
        let refusal = configuration.refusals.first
        return line(
            Start(starts: refusal == nil, reason: refusal?.description, warnings: refusal == nil ? warnings : [])
        )
    }

    static func start(reason: String) -> String { line(Start(starts: false, reason: reason, warnings: [])) }

    static func line(_ resolution: Resolution) -> String { line(Command(resolution: resolution)) }

    private static func line(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding these values never fails.
        guard let data = try? encoder.encode(value) else { return "" }
        return String(decoding: data, as: UTF8.self).printableJSON
    }
}

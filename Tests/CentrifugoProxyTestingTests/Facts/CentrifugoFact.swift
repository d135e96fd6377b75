import CentrifugoModel
import Foundation

/// One of the recorded facts: a configuration, a backend's answers, and what clients did and got.
struct CentrifugoFact: Sendable {
    struct Command: Sendable {
        let name: String
        let client: String?
        let args: ConfigurationValue?
        /// The call that reached the backend, or nil.
        let called: String?
        /// How that call came, if not by gRPC.
        let via: String?
        /// The call's request.
        let request: ConfigurationValue?
        var answer: ConfigurationValue?
        /// What the clients got besides, by their names.
        let pushes: [String: ConfigurationValue]?

        var channel: String? { args?["channel"]?.text }

        init(_ value: ConfigurationValue) {
            name = value["do"]?.text ?? ""
            client = value["client"]?.text
            args = value["args"]
            called = value["called"]?.text
            via = value["via"]?.text
            request = value["request"]
            answer = value["answer"]
            pushes = value["pushes"]?.members
        }
    }

    let id: String
    let topic: String
    let config: ConfigurationValue?
    /// What the backend answers, by event; the rest is the default.
    let backend: [String: ConfigurationValue]?
    let starts: Bool
    var commands: [Command]

    private init(_ value: ConfigurationValue) {
        id = value["id"]?.text ?? ""
        topic = value["topic"]?.text ?? ""
        config = value["config"]
        backend = value["backend"]?.members
        starts = value["starts"] == true
        commands = (value["commands"]?.elements ?? []).map(Command.init)
    }

    /// Those in which the default answers show what Centrifugo does without asking, or makes of an accepted command.
    private static let topics: Set = [
        "chan", "subscribe", "publish", "override", "subrefresh", "stream", "map", "poll", "refresh", "meta",
        "encoding",
    ]

    /// The facts of Tests/CentrifugoFacts that say something of answers.
    static func all() throws -> [CentrifugoFact] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "CentrifugoFacts/facts.jsonl")
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
            .map { CentrifugoFact(try ConfigurationValue(json: Array($0))) }
            .filter { $0.backend != nil || topics.contains($0.topic) && $0.starts }
    }
}

/// Why a fact, or a part of it, cannot be held against the simulator.
struct NotExpressible: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

extension ConfigurationValue {
    var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    var isTrue: Bool { self == true }

    /// What the recording's backend sends: text as it is, and anything else as JSON.
    var sentBytes: [UInt8] { Array((text ?? json).utf8) }
}

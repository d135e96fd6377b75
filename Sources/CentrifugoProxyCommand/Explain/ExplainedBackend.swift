import CentrifugoDoctor
import CentrifugoModel
import CentrifugoProxy
import ProxyPolicy

/// This server's part of an explanation: whether calls reach it, and what its rules answer.
struct ExplainedBackend {
    private let backend: PolicyBackend
    private let doctor: ConfigurationDoctor
    /// The meta of the client's connection.
    private var meta: Payload

    init(_ backend: PolicyBackend, doctor: ConfigurationDoctor, meta: String) {
        self.backend = backend
        self.doctor = doctor
        self.meta = .bytes(Array(meta.utf8))
    }

    /// Resolves a command, by Centrifugo's configuration and then by the rules here.
    mutating func resolve(_ command: ClientCommand, _ session: inout ClientSession) async throws -> Resolution {
        var next = session
        var resolution = next.resolve(command)
        guard let event = resolution.event, let proxy = resolution.proxy, !resolution.isMessage else {
            session = next
            return resolution
        }
        if let obstacle = doctor.obstacle(for: proxy) {
            resolution.event = nil
            resolution.isAssumed = false
            resolution.answer = .error(100)
            resolution.rule = obstacle.rule
            resolution.backend = "The call does not get through. \(obstacle.problem)"
            return resolution
        }
        // It belongs to another backend.
        guard !proxy.endpoint.isHTTP else {
            session = next
            return resolution
        }
        let answer = try await backend.answer(to: call(event, command, resolution, proxy, session))
        resolution.backend = Self.sentences(answer)
        resolution.isAssumed = answer.outcome == .notAsked
        switch answer.outcome {
        case .accepted:
            if let user = answer.user {
                next.connected(as: user)
                meta = answer.meta
            }
            session = next
        case .notAsked: session = next
        case .error(let code): resolution.answer = .error(code)
        case .disconnect(let code):
            resolution.answer = .disconnect(code)
            session.close()
        case .expired: resolution.answer = event == .refresh ? .disconnect(3005) : .unsubscribe(2501)
        case .failed: resolution.answer = .error(100)
        }
        return resolution
    }

    private func call(
        _ event: ProxyEvent,
        _ command: ClientCommand,
        _ resolution: Resolution,
        _ proxy: ProxySettings,
        _ session: ClientSession
    ) -> PolicyBackend.Call {
        var call = PolicyBackend.Call(event)
        call.user = session.user ?? ""
        call.subject = event == .rpc ? command.method : command.channel
        call.data = command.arguments["data"]?.json ?? ""
        call.key = command.arguments["key"]?.text ?? ""
        call.meta = proxy.includesConnectionMeta ? meta : .empty
        call.metadata = resolution.metadataValues.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        return call
    }

    private static func sentences(_ answer: PolicyAnswer) -> String {
        let reason = answer.reason.map { " (\($0))" } ?? ""
        let verdict: String? =
            switch answer.outcome {
            case .accepted: "This server accepts"
            case .error, .disconnect: "This server refuses\(reason)"
            case .expired: "This server extends nothing\(reason)"
            case .failed(let status): "The call ends with the status \(status)"
            case .notAsked: nil
            }
        return [answer.rule, verdict].compactMap { $0.map { "\($0)." } }.joined(separator: " ")
    }
}

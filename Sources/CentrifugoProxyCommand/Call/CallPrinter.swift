import CentrifugoProxy
import EventCaller
import GRPCClient
import HTTP2Transport

/// Prints the answers of a call, and determines the exit status.
struct CallPrinter {
    let event: ProxyEvent
    /// How many publications to print before leaving the stream.
    let count: Int?
    /// What the client publishes once it is subscribed.
    let publications: [[UInt8]]

    /// Runs the call to its end.
    /// - Returns: The process's exit status.
    func run(_ call: ClientCall) async throws -> Int32 {
        var isAnswered = false
        var isRefused = false
        var isMalformed = false
        var received = 0
        let outcome = try await call.run { bytes in
            guard let message = try? AnswerMessage(bytes, of: event) else {
                isMalformed = true
                return false
            }
            if !isAnswered, !message.isRefusal {
                for publication in publications { call.send(publication) }
            }
            isAnswered = true
            isRefused = isRefused || message.isRefusal
            if message.isPublication { received += 1 }
            try StandardOutput.say(message.json)
            return count.map { received < $0 } ?? true
        }
        StandardError.say(
            isMalformed ? "status: none, a message is not valid protobuf of \(event.methodName)" : "status: \(outcome)"
        )
        if isMalformed { return 2 }
        let isLeft = outcome.leave == .satisfied || outcome.leave == .interrupted
        guard isAnswered, outcome.status.code == .ok || isLeft else { return 2 }
        return isRefused ? 1 : 0
    }
}

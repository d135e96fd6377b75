import ArgumentParser
import CentrifugoProxy
import EventCaller
import Foundation
import HTTP2Transport
import UnixSignals

/// Calls an event of a running server, as Centrifugo would.
struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Call an event of a running server, and print its answer as JSON.",
        discussion: """
            Prints each message of the answer as one line on standard output, and how the call ended as a line on \
            standard error. Ctrl-C leaves a stream.

            Exit status: 0 answered with a result, 1 refused with an error or a disconnect, 2 no answer (a status that \
            is not OK, a lost connection), 64 invalid arguments. A stream that is left by --count or Ctrl-C after its \
            subscription was accepted counts as answered.

            For example:
              centrifugo-proxy call Connect --data '{"authToken": "alice-token"}'
              centrifugo-proxy call RPC --field user=alice --field method=ping
            """
    )

    @Argument(help: "The event, such as Connect, Subscribe or RPC.", transform: Call.event)
    var event: ProxyEvent

    @Option(
        name: .customLong("field"),
        help: "A field of the request as NAME=VALUE, by its name in the proto; repeat for each value of a list."
    )
    var fields: [String] = []

    @Option(help: "The client's data: JSON, or any bytes with --binary.")
    var data: String?

    @Flag(help: "Send payloads in base64, as for clients of the binary protocol.")
    var binary = false

    @Option(help: "Metadata of the request, as NAME=VALUE; repeat for more.", transform: Call.pair)
    var metadata: [MetadataPair] = []

    @Option(help: "SubscribeBidirectional: what the client publishes once it is subscribed; repeat for more.")
    var publish: [String] = []

    @Option(help: "Leave a stream after this many publications.")
    var count: Int?

    @OptionGroup(title: "Server")
    var target: CallTargetOptions

    func validate() throws {
        let isStream = event == .subscribeUnidirectional || event == .subscribeBidirectional
        guard publish.isEmpty || event == .subscribeBidirectional else {
            throw ValidationError("--publish is for SubscribeBidirectional; \(event.methodName) takes one message.")
        }
        guard count == nil || isStream else {
            throw ValidationError("--count is for streams; \(event.methodName) has one answer.")
        }
        if let count, count < 1 { throw ValidationError("--count \(count) is out of range: choose 1 or more.") }
        _ = try messages()
    }

    func run() async throws {
        let (request, publications) = try messages()
        let secret = try target.secret()
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let call: ClientCall
        do {
            call = try await ClientCall.open(
                event,
                at: try target.target(),
                message: request,
                metadata: Metadata((metadata + secret).map { ($0.name, $0.value) }),
                timeout: target.timeout
            )
        } catch let error as ValidationError {
            throw error
        } catch {
            StandardError.complain("Cannot call \(target.description): \(error).")
            throw ExitCode(2)
        }
        let leaving = Task { for await _ in signals { call.leave(.interrupted) } }
        defer { leaving.cancel() }
        let end = try await CallPrinter(event: event, count: count, publications: publications).run(call)
        if end != 0 { throw ExitCode(end) }
    }

    /// The request, and what the client publishes later.
    private func messages() throws -> (request: [UInt8], publications: [[UInt8]]) {
        do {
            var builder = EventRequestBuilder(event, isBinary: binary)
            if let data { try builder.setData(data) }
            for field in fields { try builder.set(field) }
            return (try builder.firstMessage(), try publish.map { try builder.publication($0) })
        } catch let mistake as RequestError {
            throw ValidationError(mistake.description)
        }
    }

    /// Reads an event's name in any spelling: `SubRefresh`, `sub-refresh`, `sub_refresh`.
    private static func event(_ text: String) throws -> ProxyEvent {
        let letters = text.filter { $0 != "-" && $0 != "_" }.lowercased()
        guard let event = ProxyEvent.allCases.first(where: { $0.methodName.lowercased() == letters }) else {
            let names = ProxyEvent.allCases.map(\.methodName).joined(separator: ", ")
            throw ValidationError("there is no event \"\(text)\"; the events are \(names).")
        }
        return event
    }

    private static func pair(_ text: String) throws -> MetadataPair {
        guard let divider = text.firstIndex(of: "="), divider > text.startIndex else {
            throw ValidationError("\"\(text)\" is not NAME=VALUE, such as x-tenant=one.")
        }
        return try MetadataPair(
            name: String(text[..<divider]),
            value: String(text[text.index(after: divider)...])
        )
    }
}

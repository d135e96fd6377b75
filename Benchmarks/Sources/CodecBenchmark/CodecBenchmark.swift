import ArgumentParser
import CodecProbe
import Foundation
import ProxyProtos
import SwiftProtobuf

/// Times the codecs of a method call beside SwiftProtobuf's, in turn, and prints the medians as a table.
@main
struct CodecBenchmark: ParsableCommand {
    @Option(help: "How often each codec is timed; the median counts.")
    var rounds = 21

    @Option(help: "How many messages are decoded or encoded each time.")
    var messages = 100_000

    /// What the codecs are given: as Centrifugo writes it, with a UUID, five more strings and 20 bytes of data.
    static let request = Centrifugal_Centrifugo_Proxy_RPCRequest.with {
        $0.client = "0b39c1e4-9a36-4d0c-9b8c-4d3d8f3a1c52"
        $0.transport = "websocket"
        $0.protocol = "json"
        $0.encoding = "json"
        $0.user = "42"
        $0.method = "ping"
        $0.data = Data(#"{"sent": 1784030400}"#.utf8)
    }

    func validate() throws {
        guard rounds > 0, messages > 0 else { throw ValidationError("There must be a round and a message at least.") }
    }

    func run() throws {
        let request: [UInt8] = try CodecBenchmark.request.serializedBytes()
        let answer = [UInt8](cannedAnswer)
        let own = OwnCodec(request: request, answer: answer)
        let peer = PeerCodec(request: request, answer: answer)
        guard try own.encodedResponse == peer.encodedResponse(), try own.requestAgain() == request,
            try peer.requestAgain() == request
        else { throw ValidationError("The codecs do not agree about the bytes.") }

        var timings = Timings(messages: messages)
        for _ in 0..<rounds {
            try timings.time("decode RPCRequest", .own, own.decode)
            try timings.time("decode RPCRequest", .peer, peer.decode)
            timings.time("encode RPCResponse into a new array", .own, own.encode)
            try timings.time("encode RPCResponse into a new array", .peer, peer.encode)
            // What the server does; SwiftProtobuf has no such way.
            timings.time("the same, ours into memory that is kept", .own, own.encodeInPlace)
            try timings.time("the same, ours into memory that is kept", .peer, peer.encode)
        }
        print(timings.table, terminator: "")
    }
}

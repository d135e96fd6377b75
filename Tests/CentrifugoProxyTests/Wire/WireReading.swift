import CentrifugoProxy
import HTTP2FrameKit
import Testing

/// A recording as the tests' own frame reader sees it, which a server must agree with.
struct WireReading: Sendable {
    private(set) var calls: [UInt32: WireCall] = [:]
    /// How many frames there are of each kind.
    private(set) var frames: [String: Int] = [:]
    /// Where each frame ends.
    private(set) var frameEnds: [Int] = []
    /// The ends of frames that an application learns of, about one event each.
    private(set) var eventfulEnds: [Int] = []

    init(_ bytes: [UInt8]) throws {
        try #require(bytes.starts(with: Frame.preface))
        var place = Frame.preface.count
        var parser = FrameParser()
        var reader = FrameReader()
        parser.append(bytes[place...])
        while let frame = parser.next() {
            let range = place..<place + Frame.headerLength + frame.payload.count
            place = range.upperBound
            frameEnds.append(place)
            if ![.ping, .windowUpdate].contains(frame.kind) { eventfulEnds.append(place) }
            let name = try #require(Self.names[frame.kind])
            frames[name, default: 0] += 1
            reader.append(frame.bytes)
            while let received = try reader.next() { try take(received, range) }
        }
        // Each recording ends with a frame.
        try #require(place == bytes.count)
    }

    /// The calls in the order of their opening.
    var ordered: [WireCall] { calls.values.sorted { $0.id < $1.id } }

    private mutating func take(_ frame: ReceivedFrame, _ range: Range<Int>) throws {
        let id = frame.streamID
        switch frame {
        case .headers(_, let fields, _):
            let path = try #require(fields[":path"])
            let event = try #require(ProxyEvent.allCases.first { $0.path == path }, "\(path)")
            calls[id] = WireCall(id: id, event: event, fields: fields, opened: range.upperBound)
        case .data(_, let bytes, _):
            calls[id]?.receive(bytes, place: range.upperBound)
        case .resetStream(_, let code):
            calls[id]?.reset = (code, range)
            return
        default: return
        }
        if frame.endsStream { calls[id]?.halfClosed = range.upperBound }
    }

    private static let names: [Frame.Kind: String] = [
        .data: "DATA", .headers: "HEADERS", .resetStream: "RST_STREAM", .settings: "SETTINGS", .ping: "PING",
        .windowUpdate: "WINDOW_UPDATE",
    ]
}

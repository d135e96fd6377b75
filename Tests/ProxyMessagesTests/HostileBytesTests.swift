import HTTP2FrameKit
import ProtobufWire
import ProxyMessages
import Testing

/// Hostile bytes that every message has to withstand.
@Suite("Every message")
struct HostileBytesTests {
    static let unknownFields: [[UInt8]] = [
        [0xC0, 0x3E, 0x96, 0x01],  // field 1000, varint
        [0xC1, 0x3E, 1, 2, 3, 4, 5, 6, 7, 8],  // fixed64
        [0xC2, 0x3E, 0x03, 0xFF, 0xFE, 0xFD],  // length-delimited
        [0xC3, 0x3E, 0x0B, 0x08, 0x01, 0x0C, 0xC4, 0x3E],  // a group with a group in it
        [0xC5, 0x3E, 1, 2, 3, 4],  // fixed32
        [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0x00],  // the largest field number
    ]

    static let broken: [([UInt8], WireError)] = [
        ([0x00, 0x00], .invalidFieldNumber),
        ([0x0E, 0x00], .invalidWireType),
        ([0x0F, 0x00], .invalidWireType),
        ([0x0C], .unmatchedEndGroup),
        ([0xC3, 0x3E, 0x08, 0x01], .truncated),
        ([0xC3, 0x3E, 0x0C], .unmatchedEndGroup),
        ([0xC0, 0x3E] + [UInt8](repeating: 0xFF, count: 10) + [0x01], .varintTooLong),
        ([0xC2, 0x3E, 0x7F], .lengthBeyondEnd),
        ([UInt8](repeating: 0x0B, count: 101), .nestedTooDeep),
    ]

    /// Hostile input: unknown-fields.
    @Test("skips unknown fields", arguments: MessageKind.all)
    func unknownFields(kind: MessageKind) throws {
        let bytes = kind.sample.wireBytes()
        for unknown in Self.unknownFields {
            #expect(try kind.type.init(wireBytes: unknown + bytes).wireBytes() == bytes)
            #expect(try kind.type.init(wireBytes: bytes + unknown).wireBytes() == bytes)
        }
    }

    /// Hostile input: unknown-fields.
    @Test("skips known fields of another wire type", arguments: MessageKind.all)
    func otherWireType(kind: MessageKind) throws {
        // protobuf-c refuses these. No field of the proto is a fixed-width number or a group.
        let bytes = kind.sample.wireBytes()
        for number in 1...16 as ClosedRange<UInt8> {
            let tag = number << 3
            let second: [UInt8] = number < 16 ? [] : [0x01]
            let low = number < 16 ? tag : 0x80
            for field in [
                [low | 1] + second + [1, 2, 3, 4, 5, 6, 7, 8],
                [low | 5] + second + [1, 2, 3, 4],
                [low | 3] + second + [0x08, 0x01] + [low | 4] + second,
            ] {
                #expect(try kind.type.init(wireBytes: bytes + field).wireBytes() == bytes, "field \(number)")
            }
        }
    }

    @Test("refuses what is not protobuf", arguments: MessageKind.all)
    func refusing(kind: MessageKind) {
        for (bytes, reason) in Self.broken {
            let error = #expect(throws: WireError.self) {
                _ = try kind.type.init(wireBytes: kind.sample.wireBytes() + bytes)
            }
            #expect(error?.reason == reason)
        }
    }

    /// Hostile input: protobuf-cut.
    @Test("refuses bytes cut inside a field, and accepts bytes cut between fields", arguments: MessageKind.all)
    func truncation(kind: MessageKind) throws {
        let oracle = try Oracle(kind.name)
        let bytes = kind.sample.wireBytes()
        for length in 0..<bytes.count {
            let cut = [UInt8](bytes[..<length])
            let read = try? kind.type.init(wireBytes: cut)
            #expect(read.flatMap { oracle.repack($0.wireBytes()) } == oracle.repack(cut), "cut to \(length) bytes")
        }
    }

    @Test("survives bytes that were changed at random", arguments: MessageKind.all)
    func mutation(kind: MessageKind) throws {
        let oracle = try Oracle(kind.name)
        for seed in 0..<500 as Range<UInt64> {
            var bytes = oracle.randomBytes(seed: seed)
            var random = SplitMix(state: seed)
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            // What can be read at all can be written and read again.
            guard let message = try? kind.type.init(wireBytes: bytes) else {
                continue
            }
            let written = message.wireBytes()
            try #require(try kind.type.init(wireBytes: written).wireBytes() == written, "seed \(seed)")
        }
    }
}

import ProxyMessages
import Testing

/// Intended differences between our codec and protobuf-c 1.4.1; protobuf's own implementations behave like ours.
@Suite("The codec, unlike protobuf-c,")
struct OracleDifferencesTests {
    @Test("refuses text that is not UTF-8")
    func invalidUTF8() throws {
        let bytes: [UInt8] = [0x0A, 0x01, 0xFF]
        #expect(try Oracle("NotifyCacheEmptyRequest").repack(bytes) == bytes)
        #expect(throws: (any Error).self) { try NotifyCacheEmptyRequest(wireBytes: bytes) }
    }

    @Test("keeps all of a text with a NUL")
    func textWithNUL() throws {
        let bytes: [UInt8] = [0x0A, 0x03, 0x61, 0x00, 0x62]
        #expect(try Oracle("NotifyCacheEmptyRequest").repack(bytes) == [0x0A, 0x01, 0x61])
        #expect(try NotifyCacheEmptyRequest(wireBytes: bytes).wireBytes() == bytes)
    }

    @Test("skips groups")
    func groups() throws {
        let bytes: [UInt8] = [0x0B, 0x0C]
        #expect(try Oracle("NotifyCacheEmptyRequest").repack(bytes) == nil)
        #expect(try NotifyCacheEmptyRequest(wireBytes: bytes) == NotifyCacheEmptyRequest())
    }

    @Test("skips a known field of another wire type")
    func otherWireType() throws {
        let bytes: [UInt8] = [0x08, 0x01]
        #expect(try Oracle("NotifyCacheEmptyRequest").repack(bytes) == nil)
        #expect(try NotifyCacheEmptyRequest(wireBytes: bytes) == NotifyCacheEmptyRequest())
    }

    @Test("drops unknown fields instead of keeping them for the next reader")
    func unknownFields() throws {
        let bytes: [UInt8] = [0xC0, 0x3E, 0x01]
        #expect(try Oracle("NotifyCacheEmptyRequest").repack(bytes) == bytes)
        #expect(try NotifyCacheEmptyRequest(wireBytes: bytes).wireBytes() == [])
    }

    @Test("keeps the last of two map entries with one key")
    func duplicateKeys() throws {
        let first: [UInt8] = [0x3A, 0x06, 0x0A, 0x01, 0x6B, 0x12, 0x01, 0x31]
        let second: [UInt8] = [0x3A, 0x06, 0x0A, 0x01, 0x6B, 0x12, 0x01, 0x32]
        #expect(try Oracle("Publication").repack(first + second) == first + second)
        #expect(try Publication(wireBytes: first + second).wireBytes() == second)
    }

    @Test("keeps the scalars of a message's first piece when it merges the second")
    func mergedScalars() throws {
        let bytes: [UInt8] = [0x0A, 0x02, 0x08, 0x01, 0x0A, 0x00]
        #expect(try Oracle("NotifyCacheEmptyResponse").repack(bytes) == [0x0A, 0x00])
        #expect(try NotifyCacheEmptyResponse(wireBytes: bytes).result?.populated == true)
    }
}

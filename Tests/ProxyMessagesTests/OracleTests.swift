import ProxyMessages
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Compares our codec with protobuf-c's, which was written by other people.
@Suite("The codec, compared with protobuf-c,")
struct OracleTests {
    static let casesPerMessage: UInt64 = 10_000

    /// Set `PROXY_ORACLE_SEED` to try other messages than the usual ones.
    static let seed: UInt64 = getenv("PROXY_ORACLE_SEED").flatMap { UInt64(String(cString: $0)) } ?? 20_260_701

    @Test("knows the same messages")
    func sameMessages() throws {
        try #require(!Oracle.names.isEmpty, "run Scripts/test: it generates Tests/CProxyOracle/Generated")
        #expect(Set(MessageKind.all.map(\.name)) == Set(Oracle.names))
        #expect(MessageKind.all.count == Oracle.names.count)
    }

    @Test("puts every argument of an initialiser into the field of its name", arguments: MessageKind.all)
    func samples(kind: MessageKind) throws {
        let oracle = try Oracle(kind.name)
        #expect(oracle.firstFieldUnlikeSample(kind.sample.wireBytes()) == nil)
    }

    @Test("reads random messages and writes them back", arguments: MessageKind.all)
    func foreignBytes(kind: MessageKind) throws {
        try eachCase(of: kind) { message, oracle, seed in
            let bytes = oracle.randomBytes(seed: seed)
            let written = try message.init(wireBytes: bytes).wireBytes()
            return oracle.repack(written) == bytes ? nil : bytes
        }
    }

    /// Two messages in a row are one message that merges them, so these values are not what protobuf-c wrote.
    ///
    /// Its result for the two is not compared, since it merges differently: see `OracleDifferencesTests`.
    @Test("writes merged messages so that they read the same everywhere", arguments: MessageKind.all)
    func ownBytes(kind: MessageKind) throws {
        try eachCase(of: kind) { message, oracle, seed in
            let bytes = oracle.randomBytes(seed: seed) + oracle.randomBytes(seed: ~seed)
            return try Self.survivesOracle(message, bytes, oracle) ? nil : bytes
        }
    }

    private static func survivesOracle<Message: WireMessage & Equatable>(
        _: Message.Type,
        _ bytes: [UInt8],
        _ oracle: Oracle
    ) throws -> Bool {
        let value = try Message(wireBytes: bytes)
        guard let repacked = oracle.repack(value.wireBytes()) else {
            return false
        }
        let readAgain = try Message(wireBytes: repacked)
        return readAgain == value && readAgain.wireBytes() == value.wireBytes()
    }

    /// Runs a check that returns the bytes it failed for; reports the first failure only.
    private func eachCase(
        of kind: MessageKind,
        _ check: (any (WireMessage & Equatable).Type, Oracle, UInt64) throws -> [UInt8]?
    ) throws {
        let oracle = try Oracle(kind.name)
        for number in 0..<Self.casesPerMessage {
            let seed = Self.seed &+ number
            do {
                guard let bytes = try check(kind.type, oracle, seed) else {
                    continue
                }
                Issue.record("\(kind.name), PROXY_ORACLE_SEED=\(seed): not the same again: \(hex(bytes))")
            } catch {
                let bytes = oracle.randomBytes(seed: seed)
                Issue.record("\(kind.name), PROXY_ORACLE_SEED=\(seed): \(error); begins with \(hex(bytes))")
            }
            return
        }
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

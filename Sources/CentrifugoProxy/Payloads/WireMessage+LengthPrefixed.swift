import GRPCCall
import ProtobufWire
import ProxyMessages

extension WireMessage {
    /// The encoded message after gRPC's length prefix, to be kept and sent more than once.
    func lengthPrefixed() -> [UInt8] {
        WireWriter.bytes { writer in
            let prefix = writer.reserve(LengthPrefix.byteCount)
            encode(into: &writer)
            writer.overwrite(at: prefix + 1, withBigEndian: UInt32(writer.count - LengthPrefix.byteCount))
        }
    }
}

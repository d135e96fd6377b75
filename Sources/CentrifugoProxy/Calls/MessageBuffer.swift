import GRPCCall
import ProtobufWire

/// Where one message is encoded, with its length prefix, to be sent.
///
/// An event loop has one for all answers that are made on it, so that these take no memory of their own.
final class MessageBuffer {
    // Bytes of memory above which a buffer is not kept for the next message: a huge answer must not stay for ever.
    private static let mostKept = 256 * 1_024

    /// Where the message's encoder appends.
    @exclusivity(unchecked) var writer = WireWriter()

    /// Discards the previous message, and leaves room for the prefix.
    func begin() {
        writer.removeAll(keepingCapacity: writer.capacity <= Self.mostKept)
        _ = writer.reserve(LengthPrefix.byteCount)
    }

    /// Bytes of the message, without its prefix.
    var messageSize: Int { writer.count - LengthPrefix.byteCount }

    /// Lends the message with its prefix (gRPC over HTTP/2: Length-Prefixed-Message); not compressed.
    func withPrefixedMessage<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        writer.overwrite(at: 1, withBigEndian: UInt32(messageSize))
        return writer.withUnsafeBytes(body)
    }

    /// The message, deflated and with a prefix of its own; nil when that fails.
    func compressed(by gzip: Gzip) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: LengthPrefix.byteCount)
        let done: Void? = writer.withUnsafeBytes { bytes in
            let message = UnsafeRawBufferPointer(rebasing: bytes[LengthPrefix.byteCount...])
            return try? gzip.deflate(message, appendingTo: &output)
        }
        guard done != nil else { return nil }
        let length = output.count - LengthPrefix.byteCount
        output.withUnsafeMutableBytes { LengthPrefix(isCompressed: true, length: length).write(to: $0) }
        return output
    }
}

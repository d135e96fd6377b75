import GRPCCall
import HTTP2Transport

/// The custom metadata of a header list, shared by all calls that sent the same list.
///
/// Charged to the connection for as long as one of the calls, or the connection itself, keeps it.
final class SharedMetadata: Sendable {
    let values: Metadata
    private let charge: MemoryCharge?

    /// No metadata.
    static let none = SharedMetadata(Metadata())

    /// Makes the metadata of a received list.
    init(_ values: Metadata, countedBy account: MemoryAccount) {
        self.values = values
        charge = MemoryCharge(values.byteCount, to: account)
    }

    /// Makes metadata that no peer has sent.
    init(_ values: Metadata) {
        self.values = values
        charge = nil
    }
}

/// What the server keeps of a call's checked header list.
struct CallHead {
    /// Nanoseconds from the arrival to the deadline; nil without one.
    var timeout: UInt64?
    let encoding: MessageEncoding
    let acceptsGzip: Bool
    let metadata: SharedMetadata

    init(_ head: RequestHead, countedBy account: MemoryAccount) {
        timeout = head.timeout
        encoding = head.encoding
        acceptsGzip = head.acceptsGzip
        metadata = SharedMetadata(head.metadata, countedBy: account)
    }
}

import GRPCCall

/// The descriptor of proxy.proto, for tools that decode messages without knowing their types.
package enum ProxyDescriptor {
    /// The serialised `google.protobuf.FileDescriptorProto`.
    package static var bytes: [UInt8] {
        [UInt8](FileDescriptors.proxy.utf8).withUnsafeBytes { Base64.decode($0) } ?? []
    }
}

import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why an address cannot be listened on.
package struct ListenError: Error, CustomStringConvertible {
    /// Whether another socket listens there.
    package let isAddressInUse: Bool
    /// The reason and the mend, as the end of a sentence.
    package let description: String

    init(_ error: any Error) {
        let number = (error as? IOError)?.errnoCode
        isAddressInUse = number == EADDRINUSE
        description =
            switch number {
            case EADDRINUSE: "it is in use; stop what listens there, or choose another port"
            case EADDRNOTAVAIL: "this machine has no such address; choose one of its own, or 0.0.0.0 for all of them"
            case EACCES: "it needs privileges; choose a port from 1024 on"
            case _ where error is SocketAddressError || error is SocketAddressError.UnknownHost:
                "the host name is not known; check its spelling, or use an IP address"
            default: "\(error)"
            }
    }
}

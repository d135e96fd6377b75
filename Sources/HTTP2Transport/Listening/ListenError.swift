import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why the server cannot listen on an address.
package struct ListenError: Error, CustomStringConvertible {
    /// Whether another socket listens there.
    package let isAddressInUse: Bool
    /// The reason and what to change, as the end of a sentence.
    package let description: String
    /// The address.
    package internal(set) var address: Listener.Address?

    init(_ description: String, isAddressInUse: Bool = false) {
        self.description = description
        self.isAddressInUse = isAddressInUse
    }

    init(_ error: any Error) {
        if let error = error as? ListenError {
            self = error
        } else if let error = error as? IOError {
            self.init(number: error.errnoCode)
        } else if error is SocketAddressError || error is SocketAddressError.UnknownHost {
            self.init("the host name is not known; check its spelling, or use an IP address")
        } else {
            self.init("\(error)")
        }
    }

    /// Makes the error of a system call.
    init(number: Int32) {
        let reason =
            switch number {
            case EADDRINUSE: "it is in use; stop what listens there, or choose another port or path"
            case EADDRNOTAVAIL: "this machine has no such address; choose one that it has, or 0.0.0.0 for all of them"
            case EACCES: "it needs privileges; choose a port from 1024 on, or a folder that this user may write to"
            case ENOENT: "its folder does not exist; make it, or choose another path"
            default: String(cString: strerror(number))
            }
        self.init(reason, isAddressInUse: number == EADDRINUSE)
    }
}

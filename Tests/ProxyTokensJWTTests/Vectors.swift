#if JWT
// Made by Tests/JWTVectors/generate.

/// Keys, and tokens that another library has signed with them.
enum Vectors {
    static let secret = """
        0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        """
    static let rsa = """
        -----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA469Xe1ElKutCeIgndsw\
        C\nWaRvrXtCOqrZxM9Z75wKKY/n1+FzTxwdClpfMRKz+Ii88OiF3DPyqdfAj5LJ+dB1\nudmWBAm6bejC6Wj+e/jsgcu\
        mWOTzIBjRqaqEHX2ziq1bl4uqhO0Z1ZUPCrhfZ3iI\nyvzp4zffOCO+dmpOqboJbnlp28u1R8v86PLXuRXXXGyty8tP\
        MR+ee74CM54nhph6\nQ/dmL7+MlFlauqtuZHXH+ZBTnlL/2jph8BdGyH44BCCxfpq0V9yPxRa7fenkTHeu\nAw3RpkKE\
        qVBqTRmvsWFIrwaOx2cn6wNjPPkbbYiLASaFAD3U3yYEBUozu0q4lLbM\nHwIDAQAB\n-----END PUBLIC KEY-----\
        \n
        """
    static let smallRSA = """
        -----BEGIN PUBLIC KEY-----\nMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDFpFhCjCv8B1K+cdaZWlQgh0y\
        P\nK9WORhoNUqasNTKPm/PVNMZEygdz+FIhUGKLeQF7zKBaGsyRmg/SG9qHP4vJbowB\ngJnmcteWYBdulaNfNuewXoc\
        +h9tGAuu+EEPb5Ijgp2n6UKoa/ui1Q6lXBgVPmquA\n6uXJn2DYMEJDRgkT3wIDAQAB\n-----END PUBLIC KEY----\
        -\n
        """
    static let p256 = """
        -----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECvFOr56XG0lG23HAZ4w2UkvkqEX\
        V\nDZEMQCazjot1C42IxVzKvdexgoJNZkWejqhej9USDLmlbtRwD5SynSthQg==\n-----END PUBLIC KEY-----\n
        """
    static let p384 = """
        -----BEGIN PUBLIC KEY-----\nMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEElUGfB+HaaC6q6PluPzaI7qVzjHbxVm\
        V\nzc8sx1j9Hqxlj9tCc167WmCPbk4CkE/mp/dXFtnC+00zLANMbfCiJB4KVVzUXFsL\nAOJ7Zhm9dclHE+iSblmD8pA\
        KeHHY4XB8\n-----END PUBLIC KEY-----\n
        """
    static let p521 = """
        -----BEGIN PUBLIC KEY-----\nMIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQB+duLDjPnLx1/HG53mcFoW2bRLdd\
        D\niW/YTBoVnsrsVxCRkxB/AhESfTKphdw6ycETeCiG42PUyXxagLhuqsI4eagB7izC\nvK24wIIsv+xjIpu8lKjPhib\
        MPVSYBztjYxW5wCcEmDElXyTK4+XOeq/VU12wXf6/\nhcfV4llNpurKunxuKQU=\n-----END PUBLIC KEY-----\n
        """
    static let keySet = """
        {\"keys\": [{\"kty\": \"RSA\", \"n\": \"469Xe1ElKutCeIgndswCWaRvrXtCOqrZxM9Z75wKKY_n1-FzTxwdClpfMRK\
        z-Ii88OiF3DPyqdfAj5LJ-dB1udmWBAm6bejC6Wj-e_jsgcumWOTzIBjRqaqEHX2ziq1bl4uqhO0Z1ZUPCrhfZ3iIy\
        vzp4zffOCO-dmpOqboJbnlp28u1R8v86PLXuRXXXGyty8tPMR-ee74CM54nhph6Q_dmL7-MlFlauqtuZHXH-ZBTnlL\
        _2jph8BdGyH44BCCxfpq0V9yPxRa7fenkTHeuAw3RpkKEqVBqTRmvsWFIrwaOx2cn6wNjPPkbbYiLASaFAD3U3yYEB\
        Uozu0q4lLbMHw\", \"e\": \"AQAB\", \"kid\": \"rsa\", \"use\": \"sig\"}, {\"kty\": \"RSA\", \"n\": \"lRbZ1WflXgk\
        vY3XvQDNa6G8baVCQanl3grKZIV07REmxwKasur-dLblcJ9zWz6nzzWand-MNAEpRwJf6qCCwGXpCWVDPnye5Kd49j\
        TvJOWNZp1i_BGzjtWt9wanNPaWdMVxmbkKHpbSK0Q1VZueNHSswkBYZPnjnRxs7Lbf_leNIzzhNMjMKVWU8rclMd6J\
        OgnMLuTtWVnHzwyYT05RMSNgY3OaB3f7FPgC8WM1aoq4L6rzbfpeChqobuMASacYLwOiRVhX2Hla3yYHSYN7qsBnRe\
        0dcuHevhepu0qkCcSABFW5QI7FW5BJW1YHUoH3-PHnvvrU7NFNDzV5lksWxWw\", \"e\": \"AQAB\", \"kid\": \"pinne\
        d\", \"alg\": \"RS512\"}, {\"kty\": \"RSA\", \"n\": \"lRbZ1WflXgkvY3XvQDNa6G8baVCQanl3grKZIV07REmxwKas\
        ur-dLblcJ9zWz6nzzWand-MNAEpRwJf6qCCwGXpCWVDPnye5Kd49jTvJOWNZp1i_BGzjtWt9wanNPaWdMVxmbkKHpb\
        SK0Q1VZueNHSswkBYZPnjnRxs7Lbf_leNIzzhNMjMKVWU8rclMd6JOgnMLuTtWVnHzwyYT05RMSNgY3OaB3f7FPgC8\
        WM1aoq4L6rzbfpeChqobuMASacYLwOiRVhX2Hla3yYHSYN7qsBnRe0dcuHevhepu0qkCcSABFW5QI7FW5BJW1YHUoH\
        3-PHnvvrU7NFNDzV5lksWxWw\", \"e\": \"AQAB\", \"kid\": \"encryption\", \"use\": \"enc\"}, {\"kty\": \"unhea\
        rd-of\", \"kid\": \"new\"}, {\"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"CvFOr56XG0lG23HAZ4w2UkvkqEXVDZE\
        MQCazjot1C40\", \"y\": \"iMVcyr3XsYKCTWZFno6oXo_VEgy5pW7UcA-Usp0rYUI\", \"kid\": \"ES256\"}, {\"kty\"\
        : \"EC\", \"crv\": \"P-384\", \"x\": \"ElUGfB-HaaC6q6PluPzaI7qVzjHbxVmVzc8sx1j9Hqxlj9tCc167WmCPbk4C\
        kE_m\", \"y\": \"p_dXFtnC-00zLANMbfCiJB4KVVzUXFsLAOJ7Zhm9dclHE-iSblmD8pAKeHHY4XB8\", \"kid\": \"ES\
        384\"}, {\"kty\": \"EC\", \"crv\": \"P-521\", \"x\": \"Afnbiw4z5y8dfxxud5nBaFtm0S3XQ4lv2EwaFZ7K7FcQkZM\
        QfwIREn0yqYXcOsnBE3gohuNj1Ml8WoC4bqrCOHmo\", \"y\": \"Ae4swrytuMCCLL_sYyKbvJSoz4YmzD1UmAc7Y2MV\
        ucAnBJgxJV8kyuPlznqv1VNdsF3-v4XH1eJZTabqyrp8bikF\", \"kid\": \"ES512\"}, {\"x\": \"dprb25lKtipZ438\
        _hyxj6YcFuzWpJvjUcnwQN2PC2V8\", \"kty\": \"OKP\", \"crv\": \"Ed25519\", \"kid\": \"ed\", \"alg\": \"EdDSA\"\
        }, {\"kty\": \"oct\", \"kid\": \"oct\", \"alg\": \"HS256\", \"k\": \"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlh\
        YmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg\"}]}
        """
    static let otherKeySet = """
        {\"keys\": [{\"kty\": \"RSA\", \"n\": \"lRbZ1WflXgkvY3XvQDNa6G8baVCQanl3grKZIV07REmxwKasur-dLblcJ9z\
        Wz6nzzWand-MNAEpRwJf6qCCwGXpCWVDPnye5Kd49jTvJOWNZp1i_BGzjtWt9wanNPaWdMVxmbkKHpbSK0Q1VZueNH\
        SswkBYZPnjnRxs7Lbf_leNIzzhNMjMKVWU8rclMd6JOgnMLuTtWVnHzwyYT05RMSNgY3OaB3f7FPgC8WM1aoq4L6rz\
        bfpeChqobuMASacYLwOiRVhX2Hla3yYHSYN7qsBnRe0dcuHevhepu0qkCcSABFW5QI7FW5BJW1YHUoH3-PHnvvrU7N\
        FNDzV5lksWxWw\", \"e\": \"AQAB\", \"kid\": \"other\"}]}
        """
    static let confused = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiAiYWxpY2UiLCAicm9sZXMiOiBbImFkbWluIiwgImVka\
        XRvciJdLCAiZXhwIjogMjAwMDAwMDAwMCwgImlhdCI6IDE5MDAwMDAwMDB9.lpJFDDRKpQPtoyVSCSZHvNbQEkmFe_\
        LRfKnHXfF6EKs
        """
    static let tokens: [String: String] = [
        "HS256": """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.e8rMIQ5sslVLNOCqlGyU1lpHzL0GamWwN-YgtU8l\
        s7c
        """,
        "HS384": """
        eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.HGFL35nsaZRAVFZnpRh952leXCYSmbx-ZJ3nr1nw\
        cYy_5W_LZ1HtJT8DKU1hw5cP
        """,
        "HS512": """
        eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.CRJs1X-BdyvcsbCiSNBHSFzjTXwkB3dCaD7MrKla\
        EHjLeu9kw_qARFjrfV22T3-4JOo1_BphMeYOqKeJLUxC0w
        """,
        "RS256": """
        eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.HuMaDYrmzr1_RikP3BSxf2LenFCYXQPAqnltZjVR\
        6bu-O-XsqEAmXpLNvClqT_bNhLVqGZjmUvUdKHOEkUCT6dF1TVRIz7KIufdnZ9QbYsyPlWV094bFtMZXyyrvtWXKuX\
        2taZoiiXDOfNZVzuaLJ0qUyPD5vLRYslJUrBgu4k3OG_MF2aCnxKqsh1tlIo4SXyTAIgJ9F3iGD8SFIzKVgnnCDhR4\
        isv9sWjZR7CHmMqfFg2tjH9obodwcS4t1RxPVEkWR5-OLg0xneN2VM3XAqEBenEDviUvSbYIn_0g-opg5vLSPek1Sg\
        2_iyYItIC7yedtXR11oT77-8QF3KwSrw
        """,
        "RS384": """
        eyJhbGciOiJSUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.otRn_VYooLHAtrJZTA2_k9EptTejlZl7bRusroKJ\
        Y7N7PAp7NicycPlgeAOQcbMhLUwlPLtDEWsiurg2fKbTrPE6glE0F1jOGgtsLXsaC79v79dxpXnJ3Y5dONDajlvqJv\
        Sd8EX2dYT62eK2rWbT_ZB4OkkosC1gyiIGUFIeMElx9JcfSLXmbcsFMeGy2RzwuDw2fxHvub6fwnxegZebUZPmfyKC\
        bc3Jxzadqlj7et3VKLZzNnMugQsDVJsIwj_KablANHbOE2BIylnwC5tCvZqg2KdTXQIbQf1kp2tEAlxT88GCnZjn_e\
        Il-PJbBVzTmVQD1D854T74RChs0i1MkQ
        """,
        "RS512": """
        eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.2KSff9jtVOvJ1UxS_qVFq6NbUObMf2CNNsMFQnKh\
        aPl35ozn_FbJUCCfxB2wPFT_0XNEahtmATX2G0pFoWCyB2-XivxmOzPi0IbJV_c0EJa6o3T3xnSYD7A5KxRfuFyrTI\
        jAKBotR7pUVcrJgvNU_wCPsINqqRdgOTk0jDbTT3QWH-jzF-81-5_RvWCAR1HnSlqaJtceQsLyKYdDAGEog8oGBaWh\
        KdiyGLHYaZ6Q_NSa6BhIWZJR66E4GYtfheO43XuoIp5U53fgyA84kfhuhuqiRTcA6GqBnDJDPVM0qEYE-lCrkd1U9e\
        9M1uZ3acZAn-UvnDilMdM6LvCbaj3Knw
        """,
        "PS256": """
        eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.Cvga4LWxr3T5SEYBdU1CLpXrljELqrzqkC3Ug1MB\
        Df1PCQm6c2QvYI1ygeFCSOQgWP78dZoQ0n7_UvvPD9igZie5o2p35aNvWbNJXDDnB1XP6XlfnDHGBIHM3oD8GC_xP-\
        xnNsIWgAOPDanjJxVrwSw19OlWN85wJjXxp3DLypvLacx5SZDeNq2ygq4MzBrFiR-3VDrI-k-mf9izyN9zeD9WetMt\
        nnrffYTp6tpQ19jpiqizi7n-rvCRk_EbH1l7GFVwo3SkakREcuekoVMwrgK1e762u4e8BLdpk62BcPLAAmVcQ0glup\
        S4vPsoVVydFt7Hsv_-0TDN0MrRZ6Rbdg
        """,
        "PS384": """
        eyJhbGciOiJQUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.brkULyjuLYTscBMQ7lmLUoBILZQ6BI3e3oC619bZ\
        zO1wM2K7zTKNRUH1jD8xgsHIbS7_PZwD-Jj4tOA3fLP6ed0O1VckFXEuzMQtPBA64RoIAaKmzLUuuFVL9cu8x-q_s4\
        D0gkkyNB6cSYWg-1WYUDd9A8loYYNtqpuPwcnWSq2uqMglgM7b8mM2E1kVeaBz9ikiuzMDD7JInkUL8UXMEALqouD8\
        mhqTyKm_JM69o9PVAV4760NMAcYxPp1quO6mg9RDV77A1zxZRAtwtYv7lT7PozCDMRCeo50mrvDIKfQTt8cStwCtf2\
        cqbv-FUmdVheBu1w2Fq8FDWkQqPoOnHQ
        """,
        "PS512": """
        eyJhbGciOiJQUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.MncqLxgUNYVZjj3h9CEVbnFY2sVuRNUj_ZEs6SD4\
        gsejOMdlBKo6fucRZQ2PzvdZ2LppUFHLcrjRL-dUbTlcRLNT_BgoU__Yjwh1Eczw7kyGMEw54-AbqShJB_zrnD7nk-\
        pXjPc7GnEDjhrZzYEOrrPG4WpnnMO8n00bHz0P3F_vhTq5DfR56Xy51lKmqLgPHxaJ25-reg96AeWQ3srItmHOqiqD\
        3yXRjb4ePAcXbG-S3WkE8aHqLkCgKSZ9NF6DNcnTd1lQwbYJwUmUmw32e0YeO1inS15ZQJm9CaV6OjKctbqBbjOjhZ\
        SNQaxXzTb-hRJnycbcORS7-EBZ6oGPoQ
        """,
        "ES256": """
        eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.M_H-Q6Li0p433PWLpiSyh5Pl6z88kWkZfuR9cz1z\
        dkocKr0KmurQTBr4S9Exxhe4zedLMVA_Of-L6XN3Ii573Q
        """,
        "ES384": """
        eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.nlT7_WQxCv9P1S-p2vQOWHH3aD-gi4FEZ1QaUUDe\
        NvG8ah7wVtYJYkXfT5hY_exQbgmPxw6Ik11GGuv_rNmzphOj4mhQ8grUZcsFmXN21q5YM2Zvz1FJWzbcs5F23RQg
        """,
        "ES512": """
        eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.AOlOyU-PZeEU-b3v5nMTW9Mko8Z5k6GomFyKEvji\
        nltY3pGr-rx4mxu_jDw39-be4yBv9SxvxYc_WLRdAXDGErGXAE3h3dgF0KWCM1xtRA8vvxKI3kbrK7TaQEiFIsgaD5\
        cLqypq2b1iHAQLTgGJQoiJAFe0SjR_GZSgQJr4Ls5-5HRc
        """,
        "EdDSA": """
        eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yI\
        l0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.hfGkpPET88UMueVdmtgf29DONE6Map1ML5MtA2yw\
        w5Hhpy28eAZgrucC2jIoOIyWN46mEyYyGXUU3UAfFPvMBw
        """,
        "none": """
        eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkbWluIiwiZWRpdG9yIl\
        0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.
        """,
        "rsa": """
        eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbImFkb\
        WluIiwiZWRpdG9yIl0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.hgJPNfBIjyrCk4mhNUzrbJDW\
        gvvCgf-hvYMNUIxoX2dSZuqp_uPG5-Q625W4mwMT-xVtGP3jjhcpgqLq6L1fwayXHV7QMHl65NuxQj0zLhdbBwWFla\
        xVRmzoGiexHROdZSlQ431UZzfP7bqhdfXTgMYQ4se0jbgQ5KEmflVxTFyaP11FkxLO2dDuTyQLy0kV_lzrrSxGlmu3\
        ZV1KFOLZxpTPyEk4qPav1X_n0RBlOuf6at2JcMyplHtK-_QJ9V-UWSYTEJAQJoi0tcsXZopcpRzmuzqUEyj5mI0Qdy\
        GVrvbY9JcARYx2UjswYV9XgwuU8TxvoGXjUWDIV0YxE3OSgQ
        """,
        "rsa by another name": """
        eyJhbGciOiJSUzI1NiIsImtpZCI6Im90aGVyIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbIm\
        FkbWluIiwiZWRpdG9yIl0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.j2fzk5rdq9GBYMW2Qx-xE\
        pjTe8XjppvvL7-xkYWG5U8eMUy3YmQGhbn11lNqJDcClW0OzrxQYXEgFm0C_K3j85JnyBBg8bsBdclv1ivRuwBPt_p\
        MnY-Rp-NHc3BwiRJAoBR7LuVlmvAIsboF4EsQYJgJt1vdk6G3OhqthsGftxeJtv1V_Efo1iSL8rQX2-GqDG_2xQqTQ\
        OKJjfMFxLx9hZAV8gJ-civVXO6l_da7BReh_d6iDMOCgUzm0e6XRv8nuOjzNLIFlp_L7p7mTGaC-UNzBIRSQdrItAd\
        4hIZtUqdfnIqg_IoZKG75umMVA8stcmg4zkbWHhvu8vBMJQ7DpQ
        """,
        "pinned": """
        eyJhbGciOiJSUzUxMiIsImtpZCI6InBpbm5lZCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbI\
        mFkbWluIiwiZWRpdG9yIl0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.WjhXn3Wfqc7epb_VmPge\
        Gn2pabEuWYR32mODmmM4lOYUevDCqXozcYFXg-dWp4cS9KnJv2bbFMbglB_yKSBNEWLGOdlBVZN0rrnvShdwmOXeTL\
        h8P2xrVfKEO90cA3ZzDF_dARYZappGSpmp1Kd1BKl2RVkBTpCuDEBM_rWqtlZFd7UtkuPndeEs9p0SJ1E4IuN5egCn\
        NWC2LzbKyTJIcEc6Cn273G8-p_5r7ferSRcaZ5qyPGQByfz1gQRM6Hhwac7_vsPx1aOfkrHKdwv_XbDtyIKNggK69u\
        nWDOoq4qP0uCHboUcmvbyI7hJyBKPXNzBxwo7KwvuWoojkFt1-7Q
        """,
        "pinned by another algorithm": """
        eyJhbGciOiJSUzI1NiIsImtpZCI6InBpbm5lZCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbI\
        mFkbWluIiwiZWRpdG9yIl0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.jJ6pf0dby9JlfacdhpCG\
        dajXJ0QiUgzvTaZMAnOs0BGCGn_lBv3DRm7xxcAZMsOVugiAefoXwEJWktXylJbzmKTpueWq0UMUNovCe3R2TXHs9R\
        XrnrNAGsqpKn1bq2FKWATyGB5R8AEshY9ba6Vygm9-4NuOMqsEf4iL5ZnVxKNC1ZZGD0FsfORLMz_c35HfdfGnJ6E6\
        0sABIQNvz7EBj-49RxEUnHaDxkIa5Sgl-XpntuN1tdti38ebm6WlSTna_sw1bUO6xlTy3dejHvTvnnIav3Xh1Dp8JE\
        cplU3Q0SC0cD2SKvf1diDc9bPqCQXQmciSQo9CjHRERXijRj5qEA
        """,
        "encryption": """
        eyJhbGciOiJSUzI1NiIsImtpZCI6ImVuY3J5cHRpb24iLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhbGljZSIsInJvbGV\
        zIjpbImFkbWluIiwiZWRpdG9yIl0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.QS-iykmQb0lRv3\
        IuBzoYvuMt5-UidsYp3A8txyfHStdAJJlbzqjIHlWIsVADidSwAl8SpMvwnHoc9ChHV9ZhrH3oYL35TILzwMgjOULq\
        L0eKQxM2Xpilob-Ti18zbBi_LHWFTrKx-lFJc69PfYvMWxDN8PrrJ7FRVzTQtw8oHkbSBWHO7e7cN8-oKFGPaV8FlR\
        QnVZi5U4KXe2uY_Qm4rt2hME8PCLPCv-Y5LxJsR5KkMFlViDJVGkiNWua-x0hp0PEzM9YyVx99NfwCku0eaeDy3wd4\
        57KZ0RGPIZoPjrMCTE1QyTLCwn0lAhKZwcRSt3-qW9w_c43uCEk1F6zF0A
        """,
        "other": """
        eyJhbGciOiJSUzI1NiIsImtpZCI6Im90aGVyIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbIm\
        FkbWluIiwiZWRpdG9yIl0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.Zq-oM86y9lJ0RMEAJbAJQ\
        SKBLfYqqOP3K8ZJ7FBgPeze-MrZhgkMdLZ4Q7la5xhro5eT7aEyipXmt39HNLywRxXO2rZSSQHFwPfzBJ0up2L4C_Y\
        s2FYkyvE0AvG9ro6X2qylEJmCBAN1mvVJk2HtrvdJKqScSd88fvMirbrPF8DupV83nfkEn0XXhVsaU4Zj_kWLdb-Wi\
        _eEaq3Yw7kyqxts6s6_8xrZZEAwBoLAIE4LAB8NnaCd1h0Hi_s9HsTbUgth2dQ5OtQpcXcP0-otZc25CqPBIYLKyrh\
        IhIKwxfwgdP97h5U-X6CU2yCk1n8EfKNhNxJxgj3A-SZbceeb7w
        """,
        "critical": """
        eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiYjY0Il0sInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbGljZSIsInJvbGVzIjpbI\
        mFkbWluIiwiZWRpdG9yIl0sImV4cCI6MjAwMDAwMDAwMCwiaWF0IjoxOTAwMDAwMDAwfQ.Ni8pTj09FIp9iOkolGlc\
        S6hdqZO6J5nxJKyS6V7_Bf0
        """,
    ]
    static let claims: [String: String] = [
        "no end": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UifQ.pAIVgiTgQEVUerUVxLmoK7BwdudWrpq6XvsuRiJwha4
        """,
        "fraction": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMTkwMDAwMDEwMC43NX0.fLPf2pHdIhngBtZaE\
        GHw4uq3f3k4nAfFO4emKJSmBuE
        """,
        "text as end": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogIjIwMDAwMDAwMDAifQ.YwkhBd1tR31bh0zw_E\
        pEVCM0TCkXWwgYetJ_ZuiWfaE
        """,
        "null as end": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogbnVsbH0.nI_OcphPjZCkgosWC3EuOPSmhT8sc\
        gfNUjFQganqSA0
        """,
        "far end": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\
        DAwMH0.B5dVl2PksyDMrAiMLw9n2qYwaDGv_z_Cap8fUVth_pw
        """,
        "not before": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgIm5iZiI6IDE5MDAwMDAxM\
        DB9.xqojiTBh1ftK3N35nbUzxft_5R10A92qrXNUcVVIl8Y
        """,
        "no user": """
        eyJhbGciOiJIUzI1NiJ9.eyJleHAiOiAyMDAwMDAwMDAwfQ.0KhJpxX-CyeL_k-ElFzSRRC1TFAbTx4504Pt--fKoL\
        0
        """,
        "empty user": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiIiwgImV4cCI6IDIwMDAwMDAwMDB9.l_qunhm-jSWxjKuDkcnWEx88BdJI\
        GdiO8Mb0yyEivvk
        """,
        "number as user": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiA3LCAiZXhwIjogMjAwMDAwMDAwMH0.jgQcNixL6o0dsRUBA6G0WNTZbDrR-\
        829Mp9d6H05mz8
        """,
        "issued": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgImlzcyI6ICJ1cyIsICJhd\
        WQiOiAiaGVyZSJ9.bWv5LbcVUQuNizaq20eDtEzJsJgm2fs8vNqikOo4qz4
        """,
        "issued for many": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgImlzcyI6ICJ1cyIsICJhd\
        WQiOiBbInRoZXJlIiwgImhlcmUiXX0.HvbBsk0Q2s_JIchz_R10lfyGhUalzym-Zi871w5ucK4
        """,
        "issued by others": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgImlzcyI6ICJ0aGVtIiwgI\
        mF1ZCI6ICJoZXJlIn0.OkAJ4Z5gukVtLpt41WZ2NdiSxRHV1jr8lWduzjQ2iQ8
        """,
        "issued for others": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgImlzcyI6ICJ1cyIsICJhd\
        WQiOiBbInRoZXJlIl19.hmZ90WSEYdPOh7g-TseZkBCKlgsaAsyy1OAS_1SFEq4
        """,
        "issued for nobody": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgImlzcyI6ICJ1cyIsICJhd\
        WQiOiBbXX0._VVq1svdTubiq6khziHIsTjkTlIWOZ1okgVzA7uaKwA
        """,
        "scope": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgInNjb3BlIjogInJlYWQgd\
        3JpdGUiLCAidGVuYW50IjogIm5vcnRoIiwgImxldmVsIjogM30.fLYO84VxWX4v_beUdxQfniR_OCteA1ICOg3j7jY\
        bBfQ
        """,
        "issuer with an accent": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgImlzcyI6ICJcdTAwZTkif\
        Q.YS-lhvILIdQ81APOe44jKrTUNpqwEFCF_k3CEzhjiIg
        """,
        "audience with an accent": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgImF1ZCI6IFsiXHUwMGU5I\
        l19.QADdneTkwP_DbO6_hozsEjfyYqtz5x2trrGGZAQCaaU
        """,
        "Kelvin": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgIlx1MjEyYWluZCI6ICJhZ\
        G1pbiJ9.poCpdc-mvmtiYAGR--kzD7zZL0L6Ivjqp7RsmVyBtiA
        """,
        "Kelvin and K": """
        eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiAiYWxpY2UiLCAiZXhwIjogMjAwMDAwMDAwMCwgIktpbmQiOiAicmVhZGVyI\
        iwgIlx1MjEyYWluZCI6ICJhZG1pbiJ9.oLbXY49ueK1rPQo9eo7THtRLCYfkqh-twqpjWGlJfBs
        """,
        "kid with an accent": """
        eyJhbGciOiAiSFMyNTYiLCAia2lkIjogIlx1MDBlOSJ9.eyJzdWIiOiAiYWxpY2UiLCAicm9sZXMiOiBbImFkbWluI\
        iwgImVkaXRvciJdLCAiZXhwIjogMjAwMDAwMDAwMCwgImlhdCI6IDE5MDAwMDAwMDB9.PazxJq2qP5jb5DV2MroGVg\
        cKZCb10gFPU4eMXL9eDsI
        """,
    ]
}
#endif

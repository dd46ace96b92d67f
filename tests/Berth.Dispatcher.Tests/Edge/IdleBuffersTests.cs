using System.Runtime.InteropServices;
using Berth.Dispatcher.Tls;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Contexts of OpenSSL are asked themselves.</summary>
public sealed partial class IdleBuffersTests
{
    private const int Mode = 33;
    private const nint ReleaseBuffers = 0x10;

    [Fact]
    public void New_contexts_release_their_buffers()
    {
        IdleBuffers.Release();
        IdleBuffers.Release();
        nint context = Create(GetMethod());
        try
        {
            Assert.NotEqual(0, context);
            Assert.Equal(ReleaseBuffers, Control(context, Mode, 0, 0) & ReleaseBuffers);
        }
        finally
        {
            Free(context);
        }
    }

    [LibraryImport("libssl.so.3", EntryPoint = "TLS_method")]
    private static partial nint GetMethod();

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_CTX_new")]
    private static partial nint Create(nint method);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_CTX_free")]
    private static partial void Free(nint context);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_CTX_ctrl")]
    private static partial nint Control(nint context, int command, nint number, nint argument);
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Berth.Dispatcher.Tls;

/// <summary>Makes OpenSSL give back the buffers of a connection while nothing is received or sent.</summary>
/// <remarks>
/// A connection of OpenSSL keeps a buffer of 16 KB for what it receives and one for what it sends, unless its context has the mode
/// <c>SSL_MODE_RELEASE_BUFFERS</c> (SSL_CTX_set_mode(3)). .NET does not set this mode, and does not give out its contexts. But OpenSSL
/// calls a function of a program for each new context (CRYPTO_get_ex_new_index(3)). That function sets the mode here.
/// </remarks>
internal static unsafe partial class IdleBuffers
{
    private const int ClassOfContexts = 1;
    private const int SetMode = 33;
    private const nint ReleaseBuffers = 0x10;

    private static int s_isAsked;

    /// <summary>
    /// Lets new contexts of this process release their buffers from now on. Does nothing where .NET does not use OpenSSL 3.
    /// </summary>
    public static void Release()
    {
        if (!OperatingSystem.IsLinux() || Interlocked.Exchange(ref s_isAsked, 1) != 0)
            return;
        try
        {
            _ = GetNewIndex(ClassOfContexts, 0, null, &TakeContext, null, null);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Connections then keep their buffers: more memory, and the same answers.
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void TakeContext(void* context, void* value, void* values, int index, nint number, void* argument) =>
        _ = Control(context, SetMode, ReleaseBuffers, null);

    [LibraryImport("libcrypto.so.3", EntryPoint = "CRYPTO_get_ex_new_index")]
    private static partial int GetNewIndex(
        int classIndex, nint number, void* argument, delegate* unmanaged[Cdecl]<void*, void*, void*, int, nint, void*, void> created,
        void* copied, void* freed);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_CTX_ctrl")]
    private static partial nint Control(void* context, int command, nint number, void* argument);
}

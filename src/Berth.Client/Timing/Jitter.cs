using System;
using System.Security.Cryptography;

namespace Berth.Client.Timing
{
    /// <summary>Chance, from the system's generator: there is no seed that two clients could share.</summary>
    internal static class Jitter
    {
        /// <summary>A number from 0 to below 1.</summary>
        public static double Next()
        {
            Span<byte> bytes = stackalloc byte[4];
            RandomNumberGenerator.Fill(bytes);
            return BitConverter.ToUInt32(bytes) / (uint.MaxValue + 1.0);
        }

        /// <summary>A key that no other request has: 32 hexadecimal digits.</summary>
        public static string NextKey()
        {
            byte[] bytes = new byte[16];
            RandomNumberGenerator.Fill(bytes);
            return BitConverter.ToString(bytes).Replace("-", "", StringComparison.Ordinal);
        }
    }
}

# The clock of the device.

clock-wrong = The clock of this device is wrong
    .why = The clock of this device is not right. Difference: { $detail }. Certificates (the digital identity cards of servers) hold between two dates; with a wrong clock good ones look as if they had run out or did not hold yet.
    .cure = Set date and time to be set automatically, and check the time zone. If the clock goes wrong again, the small battery inside the device may be empty.
    .heard-why = Certificates (the digital identity cards of servers) hold between two dates. With a wrong clock good ones look as if they had run out.
    .heard-cure = Set date and time to be set automatically, and check the time zone. If the clock goes wrong again, the small battery inside the device may be empty.

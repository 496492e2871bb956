mod section_4_4;

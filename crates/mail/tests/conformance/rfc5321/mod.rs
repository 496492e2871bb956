mod section_4_1_2;
mod section_4_1_3;
mod section_4_5_3_1;
